# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # the tests use what is set here
# For the tests of commands that look at processes: starts and ends some.
. "$TEST_SRCDIR/tests/cli/common.sh"

busy=$TEST_BUILDDIR/tests/cli/busy
VMMALLOC_POOL_DIR=ram
VMMALLOC_POOL_SIZE=256M

# start NAME COMMAND...: starts a command that ends with its input, and waits
# until it says that it is ready. Its process ID is in $pid.
start()
{
	started=$1
	shift
	mkfifo "$scratch/$started.in" "$scratch/$started.out" || exit 99
	# the input has no writer but this shell
	"$@" <"$scratch/$started.in" >"$scratch/$started.out" 3>&- 4>&- &
	pid=$!
	pids="${pids-} $pid"
	exec 3>"$scratch/$started.in" 4<"$scratch/$started.out"
	read -r ready <&4
	test "$ready" = ready || die "$started does not start"
	exec 4<&-
}

# Ends what was started last.
stop()
{
	exec 3>&-
	wait "$pid"
}

# value NAME: of the first process in $scratch/out, which is JSON.
value()
{
	sed -n 's/^ *"'"$1"'": \([^,]*\),\{0,1\}$/\1/p' "$scratch/out" |
		head -n 1
}
