# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # the tests use what is set here
# Functions that the tests which are shell scripts share. Each begins with
#
#	. "$TEST_SRCDIR/tests/lib.sh"
#
# and ends with finish, or before with skip or die. The exit status is 0 for a
# pass, 77 for a skip, 99 for an error of the test itself, and 1 for a failure.
set -u

library=${TEST_BUILDDIR-}/.libs/libvmmalloc.so.1
debug_library=${TEST_BUILDDIR-}/debug/.libs/libvmmalloc.so.1
backends=${TEST_BUILDDIR-}/backends/.libs
pool_place=	# where preload has the pool, if not in $pool: ram, for example
vmmalloc=${TEST_BUILDDIR-}/vmmalloc
# a directory for pools: on tmpfs, if there is one
fast_dir=/dev/shm
test -d $fast_dir && test -w $fast_dir || fast_dir=${TMPDIR:-/tmp}

failures=0
cases=0
no_case=	# the reason to skip a test that has run none of its cases
shown=		# a file that fail prints
under=		# a command that preload runs its own under, such as timeout 60

# skip WHY...: ends the test.
skip()
{
	echo "skipped: $*"
	exit 77
}

# need COMMAND...: skips the test if there is no such command.
need()
{
	for needed; do
		command -v "$needed" >/dev/null || skip "no $needed"
	done
}

# can_valgrind COMMAND...: false if valgrind cannot read the debug information of
# the program or of what it loads: 3.19 cannot read the DWARF 5 of clang 14.
can_valgrind()
{
	! "$@" 2>&1 | grep -q 'debuginfo reader'
}

# need_true: sets $true to the program true, not the shell's own.
need_true()
{
	true=/bin/true
	test -x $true || true=/usr/bin/true
	test -x $true || skip "no true"
}

# need_room DIRECTORY MIB: skips the test if the file system has less.
need_room()
{
	free_mib=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }')
	test "$free_mib" -gt "$2" ||
		skip "$1 has $free_mib MiB free, too few for $2"
}

# fail WHAT...: counts a failure; the test continues.
fail()
{
	echo "FAILED: $*"
	test ! -f "$shown" || cat "$shown"
	failures=$((failures + 1))
}

# die WHAT...: a failure that ends the test.
die()
{
	fail "$@"
	exit 1
}

# Ends the test.
finish()
{
	test $cases != 0 || test -z "$no_case" || test $failures != 0 ||
		skip "$no_case"
	test $cases = 0 || echo "$cases cases, $failures failures"
	test $failures = 0
	exit
}

# make_scratch [PARENT]: the directory $scratch, with $pool in it for pools. It
# is removed when the test ends, and what is mounted on $pool is unmounted.
make_scratch()
{
	scratch=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/vmmalloc-test.XXXXXX") ||
		exit 99
	pool=$scratch/pool
	trap remove_scratch EXIT
	trap 'exit 99' HUP INT TERM
	mkdir "$pool" || exit 99
}

remove_scratch()
{
	test "${TEST_NAMESPACE-}" != own || umount "$pool" 2>/dev/null
	rm -rf "$scratch"
}

# enter_namespace ARGUMENT...: runs the test again, with these arguments, in a
# mount name space of its own. Must come before make_scratch.
enter_namespace()
{
	test "${TEST_NAMESPACE-}" != own || return 0
	TEST_NAMESPACE=own
	export TEST_NAMESPACE
	for options in -m -rm; do
		unshare "$options" true 2>/dev/null || continue
		exec unshare "$options" sh "$0" "$@"
	done
	skip "no mount name space to be had"
}

# preload BACKEND SIZE [VARIABLE=VALUE]... COMMAND...: runs a command with its
# heap in a pool of this size in $pool. BACKEND-debug is the debug build of a
# backend, under the debug variant of the library.
preload()
{
	preload_backend=${1%-debug}
	preload_size=$2
	preload_library=$library
	preload_path=$backends
	if test "$1" != "$preload_backend"; then
		preload_library=$debug_library
		preload_path=${debug_library%/*}:$backends
	fi
	shift 2
	# shellcheck disable=SC2086 # a list of words
	$under env LD_PRELOAD="$preload_library" \
		VMMALLOC_BACKEND="$preload_backend" \
		VMMALLOC_BACKEND_PATH="$preload_path" \
		VMMALLOC_POOL_DIR="${pool_place:-$pool}" \
		VMMALLOC_POOL_SIZE="$preload_size" "$@"
}
