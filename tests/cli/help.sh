# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc help: each command and topic that it lists has a text of lines of at
# most 80 columns, and that of the environment has every variable.
. "$TEST_SRCDIR/tests/cli/common.sh"

runs 0 "$vmmalloc" help
cp "$scratch/out" "$scratch/general" || exit 99
runs 0 "$vmmalloc" --help
cmp -s "$scratch/out" "$scratch/general" || fail "help and --help differ"
sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' "$scratch/general" >"$scratch/subjects"
test "$(wc -l <"$scratch/subjects")" -ge 7 || fail "too few subjects"
while read -r subject; do
	runs 0 "$vmmalloc" help "$subject"
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
	test "$(wc -l <"$scratch/out")" -ge 4 || fail "short: $subject"
	awk 'length > 80 || / $/' "$scratch/out" | grep . &&
		fail "a long line, or blanks at its end: $subject"
done <"$scratch/subjects"
for command in run backends compare doctor help; do
	runs 0 "$vmmalloc" help $command
	cp "$scratch/out" "$scratch/first" || exit 99
	runs 0 "$vmmalloc" $command --help
	cmp -s "$scratch/out" "$scratch/first" || fail "$command --help differs"
done

runs 0 "$vmmalloc" help environment
sed -n 's/^	X(\([A-Z_]*\),.*/VMMALLOC_\1/p' \
	"$TEST_SRCDIR/core/env_vars.h" >"$scratch/variables"
test "$(wc -l <"$scratch/variables")" -ge 13 || fail "too few variables"
while read -r variable; do
	grep -q "^  $variable  *[a-z0-9]" "$scratch/out" ||
		fail "the help lacks $variable"
done <"$scratch/variables"
refuses 2 "no help on 'walk': no such command or topic; see 'vmmalloc help'" \
	"$vmmalloc" help walk
finish
