# SPDX-License-Identifier: BSD-3-Clause
# Every pointer lies in the pool, with 1 to 200 threads. The metadata that does
# not is small: all of tcmalloc's, and the first 2 MiB of each arena of jemalloc.
. "$TEST_SRCDIR/tests/adapter/common.sh"

for b in $(adapters); do
	for threads in 1 4 200; do
		preload "$b" 1G tests/adapter/pool "$threads"
		check "$b, $threads threads" $?
	done
	outside=1024
	test "$b" = jemalloc && outside=4096
	preload "$b" 1G tests/adapter/outside $outside
	check "$b, at most $outside KiB of metadata outside the pool" $?
done
finish
