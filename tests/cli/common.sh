# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # where this is sourced all of it is used
# For the tests of the vmmalloc command: a directory for pools, and checks of
# what a command line prints.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
VMMALLOC_POOL_DIR=$pool
VMMALLOC_POOL_SIZE=32M
VMMALLOC_BACKEND=native
export VMMALLOC_POOL_DIR VMMALLOC_POOL_SIZE VMMALLOC_BACKEND
unset VMMALLOC_LIBRARY GLIBC_TUNABLES

# runs STATUS COMMAND...: it must end so and leave nothing in the pool's
# directory. Its output is in $scratch/out and $scratch/err.
runs()
{
	wanted=$1
	shift
	cases=$((cases + 1))
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	status=$?
	test $status = "$wanted" || {
		fail "exit status $status, not $wanted: $*"
		cat "$scratch/err"
	}
	test -z "$(ls -A "$pool")" || fail "left behind a file: $*"
}

# refuses STATUS LINE COMMAND...: it must end so, with this line on stderr and
# nothing on stdout.
refuses()
{
	wanted=$1
	line="vmmalloc: $2"
	shift 2
	runs "$wanted" "$@"
	test "$(cat "$scratch/err")" = "$line" || {
		fail "says something else: $*"
		echo "expected: $line"
		echo "got:      $(cat "$scratch/err")"
	}
	test ! -s "$scratch/out" || fail "output on stdout: $*"
}

# prints LINE COMMAND...: it must succeed with this line on stdout and nothing
# on stderr.
prints()
{
	line=$1
	shift
	runs 0 "$@"
	test "$(cat "$scratch/out")" = "$line" || {
		fail "prints something else: $*"
		echo "expected: $line"
		echo "got:      $(cat "$scratch/out")"
	}
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
}
