# SPDX-License-Identifier: BSD-3-Clause
# The quick tests notice 85 of 100 errors that scripts/mutate makes in core/ and
# backends/native/, or as many percent of TEST_MUTANTS. Of fewer than 20, half.
. "$TEST_SRCDIR/tests/lib.sh"

need gcc objcopy python3
mutants=${TEST_MUTANTS:-5}
minimum=85
test "$mutants" -ge 20 || minimum=50
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES MFLAGS
python3 "$TEST_SRCDIR/scripts/mutate" --directory "$TEST_BUILDDIR/mutation" \
	--count "$mutants" --seed "${TEST_SEED:-1}" --minimum $minimum ||
	fail "fewer than $minimum % of the mutants were noticed"
finish
