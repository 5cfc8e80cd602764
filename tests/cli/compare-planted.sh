# SPDX-License-Identifier: BSD-3-Clause
# bench/planted: a contender that does four times the work of the first is called
# slower than it; what the others are called is chance.
. "$TEST_SRCDIR/tests/cli/common.sh"

need python3
TMPDIR=$scratch/tmp
mkdir "$TMPDIR" || exit 99
export TMPDIR
CC=$TEST_CC runs 0 "$TEST_SRCDIR/bench/planted" --vmmalloc "$vmmalloc" --repetitions 2 \
	--runs 7 --rounds 3000000 --percents 0,300 --csv "$scratch/csv"
grep -A 3 'processor time planted' "$scratch/out" |
	grep -qE '^\| 300 % \| [0-9.]+ \| 2 \| 0 \| [0-2] \|$' ||
	fail "four times the work is not told: $(cat "$scratch/out")"
test "$(grep -cE '^\| 0 % \| [0-9.]+ \| [0-2] \| [0-2] \| [0-2] \|$' \
	"$scratch/out")" = 2 ||
	fail "no row of the same work: $(cat "$scratch/out")"
test "$(wc -l <"$scratch/csv")" = 9 || fail "other CSV: $(cat "$scratch/csv")"
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
