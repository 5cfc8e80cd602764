# SPDX-License-Identifier: BSD-3-Clause
# fork while threads allocate, also in programs that link the allocator.
. "$TEST_SRCDIR/tests/adapter/common.sh"

for b in $(adapters); do
	preload "$b" 256M tests/adapter/fork
	check "$b" $?
done
if test -f backends/.libs/jemalloc.so; then
	preload jemalloc 256M tests/adapter/fork-linked
	check "jemalloc, in a program linked with it" $?
fi
finish
