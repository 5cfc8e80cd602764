# SPDX-License-Identifier: BSD-3-Clause
# The table of places in doc/reliability.md holds, for every backend and fork
# mode, in emulated machines with two nodes of memory (make check-nodes): the last
# rows with a kernel that has weights for nodes. tests/platform/proof-guest.sh makes
# the table in the machines.
. "$TEST_SRCDIR/tests/vm/machine.sh"

# shellcheck disable=SC2086 # a list of words
begin_machine proof $TEST_BACKENDS
cp "$TEST_BUILDDIR/tests/platform/proof" "$root" || exit 99
parts='odd even'
# shellcheck disable=SC2086 # a list of words
run_machines 1500 --node 256 -- $TEST_BACKENDS
for part in $parts; do
	sed -n 's/^row: //p' "$scratch/out-$part" >"$scratch/rows-$part"
done
paste -d '\n' "$scratch/rows-odd" "$scratch/rows-even" >"$scratch/rows"
# shellcheck disable=SC2086 # a list of words
run_machine 600 --kernel trixie --node 256 -- $TEST_BACKENDS all
sed -n 's/^row: //p' "$scratch/out" >>"$scratch/rows"

test "$TEST_BACKENDS" = "native jemalloc tcmalloc" ||
	skip "the table is for all backends, not for $TEST_BACKENDS"
document=$TEST_SRCDIR/doc/reliability.md
sed -n '/^| place of the pool /,/^$/p' "$document" | sed '1,2d; /^$/d' \
	>"$scratch/wanted"
diff "$scratch/wanted" "$scratch/rows" ||
	fail "places: < in $document, > in the machine"
cases=$(wc -l <"$scratch/rows")
finish
