# SPDX-License-Identifier: BSD-3-Clause
# Arenas that a program creates in jemalloc lie in the pool.
. "$TEST_SRCDIR/tests/adapter/common.sh"

test -f backends/.libs/jemalloc.so || finish
for conf in "" retain:true tcache:false narenas:1 dirty_decay_ms:0; do
	# jemalloc frees an arena's first block of metadata, of 2 MiB, like any
	# other extent, and never gives retained memory to other arenas
	kept=0
	test "$conf" != retain:true || kept=2
	MALLOC_CONF=$conf preload jemalloc 256M tests/adapter/arenas $kept
	check "MALLOC_CONF=$conf" $?
done
finish
