#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every bench program succeeds with very little work, and the runner measures
# and reports if there is a Python to run it.
set -e

for name in burst cache-scratch cache-thrash cfrac drift first-touch grow large \
	larson mid mstress repeat sparse storm tables threadtest xmalloc; do
	echo "$name"
	./bench/$name 0.002
done
./bench/burst 0.002 1 idle
for mode in same batch remote empty empty-same; do
	./bench/pair $mode 3
done
./bench/pair same 3 65536
./bench/whose

# A program that cannot fail checks nothing: an invalid scale must be refused.
if ./bench/cfrac nonsense 2>/dev/null; then
	echo "bench/cfrac took nonsense for a number"
	exit 1
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || {
	echo "no python3 of 3.9 or later: the runner is not tested"
	exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${srcdir:-.}/bench/run" --builddir . --allocators glibc,native \
	--workloads larson,tables --runs 2 --scale 0.002 --pool-size 256M \
	--warm 0 --pool-dir "$work" --csv "$work/raw.csv" >"$work/report"
cat "$work/report"
grep -q '^larson ' "$work/report"
test "$(wc -l <"$work/raw.csv")" -eq 9

# A report from the file equals the one of the measurement, in the same order.
libc=$(./bench/whose)
"${srcdir:-.}/bench/run" --builddir . --allocators glibc,native \
	--peer "one=$libc" --peer "two=$libc" --workloads larson,cfrac --runs 2 \
	--scale 0.002 --pool-size 256M --warm 0 --pool-dir "$work" \
	--csv "$work/raw.csv" >"$work/report"
"${srcdir:-.}/bench/run" --report "$work/raw.csv" >"$work/again"
diff "$work/report" "$work/again"

# --quick takes few rounds of little work; a backend may have a place of its own.
"${srcdir:-.}/bench/run" --builddir . --quick --allocators glibc,native@ram \
	--workloads larson --scale 0.01 --pool-size 256M --warm 0 \
	--pool-dir "$work" --csv "$work/raw.csv" >"$work/report"
test "$(wc -l <"$work/raw.csv")" -eq 5

# A recorded program has the same events and live bytes when it is replayed.
if test -f backends/record/.libs/record.so; then
	"${srcdir:-.}/bench/traces" --quick --programs larson \
		--contenders system,native >"$work/report"
	cat "$work/report"
	grep -q '^| larson .* | equal | ' "$work/report"
fi

# A few misuses, of which native finds two and its debug build all.
"${srcdir:-.}/bench/misuse" --builddir . --runs 1 \
	--allocators native,native-debug --pool-size 268435456 \
	--pool-dir "$work" --kinds double-free,own-realloc-freed,overflow-1 \
	>"$work/report"
cat "$work/report"
grep -q '^overflow-1  *---  *+++$' "$work/report"
grep -q '^| native | 3 | 0 | 0 | 3 |$' "$work/report"
grep -q '^| native-debug | 6 | 0 | 0 | 3 |$' "$work/report"

# Over 2 n rounds of n allocators, each follows each other one equally often.
PYTHONPATH=${srcdir:-.}/bench python3 -B - <<END
import collections
import measuring

for count in range(1, 14):
    rounds = [measuring.in_turn(range(count), number)
              for number in range(2 * count)]
    assert all(sorted(round) == [*range(count)] for round in rounds)
    after = collections.Counter(
        pair for round in rounds for pair in zip(round, round[1:]))
    assert len(after) == count * (count - 1), count
    assert set(after.values()) <= {2}, count
END

# Short workloads get more rounds than the minimum.
"${srcdir:-.}/bench/run" --builddir . --allocators glibc,native \
	--workloads larson --runs 1 --seconds 1 --scale 0.002 \
	--pool-size 256M --warm 0 --pool-dir "$work" --csv "$work/raw.csv" \
	>"$work/report"
test "$(wc -l <"$work/raw.csv")" -gt 3
