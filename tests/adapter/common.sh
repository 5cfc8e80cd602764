# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # the tests that source this use what it sets
# For the scripts of this directory: runs programs on the backends of this
# build. Sourced; the working directory is the top of the build tree.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
pool=$fast_dir
no_case="no adapter is built"

# Names of the adapters that this build has.
adapters()
{
	for b in jemalloc tcmalloc; do
		test -f "$backends/$b.so" && echo "$b"
	done
	return 0
}

# check WHAT STATUS: counts a run. If WHAT has $(...), $? would be its status.
check()
{
	cases=$((cases + 1))
	test "$2" -eq 0 || fail "$1 (status $2)"
}
