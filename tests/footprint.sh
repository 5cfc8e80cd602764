# SPDX-License-Identifier: BSD-3-Clause
# The overhead of the native heap: at most 2 % of a heap of 64-byte blocks, and
# 0.5 % of one of 4 KiB blocks; at least 95 % of the smallest pool can be
# allocated as blocks of 1 KiB; and one block of each size class, 0.4 MiB in
# all, commits at most 1.5 MiB.
set -u

scratch=$(mktemp -d "${TMPDIR:-/tmp}/vmmalloc-test.XXXXXX") || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
failures=0

# measure POOL-SIZE ARGUMENT...
measure()
{
	size=$1
	shift
	env LD_PRELOAD="$TEST_BUILDDIR/.libs/libvmmalloc.so.1" \
		VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH="$TEST_BUILDDIR/backends/.libs" \
		VMMALLOC_POOL_DIR="$scratch" VMMALLOC_POOL_SIZE="$size" \
		"$TEST_BUILDDIR/tests/footprint" "$@"
}

# hold FIGURE OPERATOR BOUND WHAT
hold()
{
	echo "$4: $1 per mille"
	test -n "$1" && test "$1" "$2" "$3" && return
	echo "FAILED: $4 is not $2 $3 per mille"
	failures=$((failures + 1))
}

hold "$(measure 256M 64)" -le 20 "records of 64-byte blocks"
hold "$(measure 256M 4096)" -le 5 "records of 4 KiB blocks"
hold "$(measure 14M fill 1024)" -ge 950 "1 KiB blocks in a pool of 14 MiB"
kib=$(measure 1G classes)
echo "one block of each class: $kib KiB"
test -n "$kib" && test "$kib" -le 1536 || {
	echo "FAILED: one block of each class commits more than 1536 KiB"
	failures=$((failures + 1))
}
test $failures = 0
