#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# jemalloc's arenas that a program makes itself lie in the pool.
. "${srcdir:-.}/tests/adapter-common.sh"

test -f backends/.libs/jemalloc.so || finish
for conf in "" retain:true tcache:false narenas:1 dirty_decay_ms:0; do
	# jemalloc frees an arena's first block of records, of 2 MiB, as it does
	# any extent, and what is retained is never given to other arenas
	kept=0
	test "$conf" != retain:true || kept=2
	MALLOC_CONF=$conf preload jemalloc 256M tests/adapter-arenas $kept
	check "MALLOC_CONF=$conf" $?
done
finish
