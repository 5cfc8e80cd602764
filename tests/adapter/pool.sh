# SPDX-License-Identifier: BSD-3-Clause
# Every pointer lies in the pool, with 1 to 200 threads, and so does the
# metadata except for a fixed part: all of tcmalloc's, jemalloc's after the
# first 2 MiB.
. "$TEST_SRCDIR/tests/adapter/common.sh"

for b in $(adapters); do
	for threads in 1 4 200; do
		preload "$b" 1G tests/adapter/pool "$threads"
		check "$b, $threads threads" $?
	done
	outside=256
	test "$b" = jemalloc && outside=4096
	preload "$b" 1G tests/adapter/outside $outside
	check "$b, at most $outside KiB of records outside the pool" $?
done
finish
