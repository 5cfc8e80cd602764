# SPDX-License-Identifier: BSD-3-Clause
# A full pool gives ENOMEM and recovers, from the smallest pool on; a smaller
# one is refused.
. "$TEST_SRCDIR/tests/adapter/common.sh"

for b in $(adapters); do
	smallest=14680064
	test "$b" = tcmalloc && smallest=25165824
	for size in $smallest 64M; do
		preload "$b" "$size" tests/adapter/exhaust >"$scratch/out" 2>&1
		check "$b, pool of $size" $?
		cat "$scratch/out"
		# only the results: a full pool prints nothing to stderr
		test "$(wc -l <"$scratch/out")" -eq 4
		check "$b, pool of $size: four lines of output" $?
	done
	test $smallest -gt 14680064 || continue
	for size in 14680064 $((smallest - 1)); do
		preload "$b" "$size" env true >"$scratch/out" 2>&1
		test $? -eq 127 && test "$(cat "$scratch/out")" = "Error (libvmmalloc):\
 VMMALLOC_POOL_SIZE value is less than the backend $b needs\
 ($size < $smallest)"
		status=$?
		check "$b refuses a pool of $size: $(cat "$scratch/out")" $status
	done
done
finish
