# SPDX-License-Identifier: BSD-3-Clause
# jemalloc's decay releases backing memory. tcmalloc has no decay, and its
# release is disabled there (vmmalloc-tcmalloc(7)).
. "$TEST_SRCDIR/tests/adapter/common.sh"

test -f backends/.libs/jemalloc.so || finish
for conf in dirty_decay_ms:300 dirty_decay_ms:0 retain:true,dirty_decay_ms:300 \
	background_thread:true,dirty_decay_ms:300 narenas:1,dirty_decay_ms:300; do
	MALLOC_CONF=$conf preload jemalloc 256M tests/adapter/decay
	check "MALLOC_CONF=$conf" $?
done
# a test that cannot fail tests nothing
MALLOC_CONF=dirty_decay_ms:-1 preload jemalloc 256M tests/adapter/decay never
check "MALLOC_CONF=dirty_decay_ms:-1" $?
finish
