# SPDX-License-Identifier: BSD-3-Clause
# Blocks up to 1 GiB and alignments up to 64 MiB.
. "$TEST_SRCDIR/tests/adapter/common.sh"

need_room "$fast_dir" 4500
for b in $(adapters); do
	preload "$b" 4G tests/adapter/large 2>"$scratch/err"
	check "$b" $?
	# tcmalloc can be built to report large allocations
	test ! -s "$scratch/err"
	status=$?
	check "$b says nothing: $(cat "$scratch/err")" $status
done
if test -f backends/.libs/jemalloc.so; then
	MALLOC_CONF=retain:true,oversize_threshold:1048576 \
		preload jemalloc 4G tests/adapter/large
	check "jemalloc that retains, and has an arena for large blocks" $?
fi
finish
