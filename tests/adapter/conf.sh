# SPDX-License-Identifier: BSD-3-Clause
# The user's MALLOC_CONF and TCMALLOC_* settings: each works in the pool or is
# refused at the start with one line.
. "$TEST_SRCDIR/tests/adapter/common.sh"

if test -f backends/.libs/jemalloc.so; then
	for conf in narenas:1 narenas:64 percpu_arena:percpu \
		percpu_arena:phycpu tcache:false dirty_decay_ms:0 \
		background_thread:true retain:true \
		oversize_threshold:1048576 \
		retain:true,oversize_threshold:65536 dss:primary \
		metadata_thp:always,thp:always hpa:true prof:true \
		prof:true,lg_prof_sample:10 junk:true,zero:true \
		cache_oblivious:false; do
		MALLOC_CONF=$conf preload jemalloc 1G tests/adapter/pool 4 4000
		check "jemalloc, MALLOC_CONF=$conf" $?
	done
	preload jemalloc 1G tests/adapter/pool-linked 4
	check "jemalloc, in a program linked with it" $?
	MALLOC_CONF=xmalloc:true preload jemalloc 1G /bin/true 2>"$scratch/out"
	status=$?
	# a library without that option says so and ignores it
	grep -q "Invalid conf pair: xmalloc" "$scratch/out" ||
		{ test $status -eq 127 && test "$(wc -l <"$scratch/out")" -eq 1; }
	check "jemalloc refuses xmalloc:true" $?
fi
if test -f backends/.libs/tcmalloc.so; then
	for var in TCMALLOC_RELEASE_RATE=10 TCMALLOC_AGGRESSIVE_DECOMMIT=true \
		TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES=1048576 \
		TCMALLOC_SKIP_MMAP=true TCMALLOC_SKIP_SBRK=true \
		TCMALLOC_DEVMEM_START=1 TCMALLOC_TRANSFER_NUM_OBJ=4 \
		TCMALLOC_DISABLE_MEMORY_RELEASE=true \
		TCMALLOC_MEMFS_LIMIT_MB=20; do
		preload tcmalloc 1G env "$var" tests/adapter/pool 4 4000
		check "tcmalloc, $var" $?
	done
	TCMALLOC_MEMFS_MALLOC_PATH=$scratch/memfs \
		preload tcmalloc 1G /bin/true 2>"$scratch/out"
	status=$?
	# a library without memfs support ignores the variable
	test $status -eq 0 || grep -q TCMALLOC_MEMFS_MALLOC_PATH "$scratch/out"
	check "tcmalloc refuses TCMALLOC_MEMFS_MALLOC_PATH" $?
fi
finish
