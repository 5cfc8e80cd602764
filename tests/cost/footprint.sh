# SPDX-License-Identifier: BSD-3-Clause
# The overhead of the native heap: at most 2 % of a heap of 64-byte blocks, and
# 0.5 % of one of 4 KiB blocks; at least 95 % of the smallest pool can be
# allocated as blocks of 1 KiB; and one block of each size class, 0.4 MiB in
# all, commits at most 1.5 MiB.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch "$fast_dir"

# measure POOL-SIZE ARGUMENT...
measure()
{
	size=$1
	shift
	preload native "$size" "$TEST_BUILDDIR/tests/cost/footprint" "$@"
}

# hold FIGURE OPERATOR BOUND WHAT
hold()
{
	echo "$4: $1 per mille"
	test -n "$1" && test "$1" "$2" "$3" && return
	fail "$4 is not $2 $3 per mille"
}

hold "$(measure 256M 64)" -le 20 "records of 64-byte blocks"
hold "$(measure 256M 4096)" -le 5 "records of 4 KiB blocks"
hold "$(measure 14M fill 1024)" -ge 950 "1 KiB blocks in a pool of 14 MiB"
kib=$(measure 1G classes)
echo "one block of each class: $kib KiB"
test -n "$kib" && test "$kib" -le 1536 ||
	fail "one block of each class commits more than 1536 KiB"
finish
