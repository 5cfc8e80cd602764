# SPDX-License-Identifier: BSD-3-Clause
# The table of places in doc/reliability.md holds, for every backend and fork
# mode, in an emulated machine with two nodes of memory (make check-nodes).
# tests/platform/proof-guest.sh makes the table in the machine.
. "$TEST_SRCDIR/tests/vm/machine.sh"

# shellcheck disable=SC2086 # a list of words
begin_machine proof $TEST_BACKENDS
cp "$TEST_BUILDDIR/tests/platform/proof" "$root" || exit 99
# shellcheck disable=SC2086 # a list of words
run_machine 1500 --node 256 -- $TEST_BACKENDS

test "$TEST_BACKENDS" = "native jemalloc tcmalloc" ||
	skip "the table is for all backends, not for $TEST_BACKENDS"
document=$TEST_SRCDIR/doc/reliability.md
sed -n 's/^row: //p' "$scratch/out" >"$scratch/rows"
sed -n '/^| place of the pool /,/^$/p' "$document" | sed '1,2d; /^$/d' \
	>"$scratch/wanted"
diff "$scratch/wanted" "$scratch/rows" ||
	fail "places: < in $document, > in the machine"
cases=$(wc -l <"$scratch/rows")
finish
