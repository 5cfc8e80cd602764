# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # dir is used where this is sourced
# For the adapter-*.sh tests: runs programs on the backends of this build.
# Sourced; the working directory is the top of the build tree.
set -u

dir=${TMPDIR:-/tmp}
test -d /dev/shm && test -w /dev/shm && dir=/dev/shm
failures=0
runs=0

# Names of the adapters that this build has.
backends()
{
	for b in jemalloc tcmalloc; do
		test -f "backends/.libs/$b.so" && echo "$b"
	done
	return 0
}

# preload BACKEND POOL_SIZE COMMAND...
preload()
{
	preload_backend=$1 preload_size=$2
	shift 2
	VMMALLOC_POOL_DIR=$dir VMMALLOC_POOL_SIZE=$preload_size \
	VMMALLOC_BACKEND=$preload_backend \
	VMMALLOC_BACKEND_PATH=$PWD/backends/.libs \
	LD_PRELOAD=$PWD/.libs/libvmmalloc.so.1 "$@"
}

# check WHAT STATUS: counts a run. If WHAT has $(...), $? would be its status.
check()
{
	runs=$((runs + 1))
	test "$2" -eq 0 && return 0
	echo "FAILED: $1 (status $2)"
	failures=$((failures + 1))
}

# Ends the test.
finish()
{
	if test "$runs" -eq 0; then
		echo "skipped: no adapter is built"
		exit 77
	fi
	echo "$runs runs, $failures failed"
	test "$failures" -eq 0
	exit
}
