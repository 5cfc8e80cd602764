#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Blocks up to 1 GiB and alignments up to 64 MiB.
. "${srcdir:-.}/tests/adapter-common.sh"

free_mib=$(df -Pk "$dir" | awk 'NR == 2 { print int($4 / 1024) }')
if test "$free_mib" -lt 4500; then
	echo "skipped: $dir has $free_mib MiB free, too few for 4 GiB"
	exit 77
fi
for b in $(backends); do
	preload "$b" 4G tests/adapter-large 2>err.$$
	check "$b" $?
	# tcmalloc can be built to report large allocations
	test ! -s err.$$
	status=$?
	check "$b says nothing: $(cat err.$$)" $status
done
if test -f backends/.libs/jemalloc.so; then
	MALLOC_CONF=retain:true,oversize_threshold:1048576 \
		preload jemalloc 4G tests/adapter-large
	check "jemalloc that retains, and has an arena for large blocks" $?
fi
rm -f err.$$
finish
