# SPDX-License-Identifier: BSD-3-Clause
# Threads in a full pool, with settings that change what jemalloc needs for a
# thread, or when it allocates it. (tests/preload/full-threads uses the
# defaults.)
. "$TEST_SRCDIR/tests/adapter/common.sh"

test -f backends/.libs/jemalloc.so || finish
for conf in tcache:false narenas:1 percpu_arena:percpu dirty_decay_ms:0 \
	background_thread:true lg_tcache_max:20; do
	MALLOC_CONF=$conf preload jemalloc 64M tests/preload/full-threads \
		2>"$scratch/err"
	check "MALLOC_CONF=$conf" $?
	test ! -s "$scratch/err"
	status=$?
	check "MALLOC_CONF=$conf says nothing: $(cat "$scratch/err")" $status
done
finish
