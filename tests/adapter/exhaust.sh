# SPDX-License-Identifier: BSD-3-Clause
# A full pool gives ENOMEM and recovers, from the smallest pool on; so do threads
# that need metadata of the allocator for the first time then.
. "$TEST_SRCDIR/tests/adapter/common.sh"

for b in $(adapters); do
	for size in 14680064 64M; do
		preload "$b" "$size" tests/adapter/exhaust >"$scratch/out" 2>&1
		check "$b, pool of $size" $?
		cat "$scratch/out"
		# only the results: a full pool prints nothing to stderr
		test "$(wc -l <"$scratch/out")" -eq 4
		check "$b, pool of $size: four lines of output" $?
	done
	# jemalloc takes 28 KiB of the pool for each thread; tcmalloc has no
	# metadata left after half as many threads
	preload "$b" 256M tests/adapter/metadata 3000 >"$scratch/out" 2>&1
	status=$?
	cat "$scratch/out"
	test $status -eq 77 || check "$b, new threads in a full pool" $status
done
finish
