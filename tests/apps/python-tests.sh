# SPDX-License-Identifier: BSD-3-Clause
# Python's own tests of what a heap in a file could break: ctypes, fork, json,
# mmap, multiprocessing by fork, os, subprocess, threads.
#
# Left out are two tests of subprocess, which expect no descriptor but their own,
# and test_terminate of multiprocessing, which hangs on a busy machine without the
# library as well: if the thread that replaces workers is delayed, it makes new ones
# after the last of the messages that end them.
. "$TEST_SRCDIR/tests/apps/common.sh"

python=/usr/bin/python3
test -x $python || python=python3
need $python
$python -c 'import test.test_mmap' 2>/dev/null || skip "no tests of python3's"
# so that its small objects come from malloc as well
export PYTHONMALLOC=malloc
for name in test_ctypes test_fork1 test_json test_mmap test_os test_posix \
	test_multiprocessing_fork test_subprocess test_thread test_threading \
	test_wait3 test_wait4; do
	case $name in
	test_multiprocessing_fork)
		# the whole takes minutes
		set -- -m 'WithProcessesTestPool' -m 'WithProcessesTestQueue' \
			-m 'WithProcessesTestSharedMemory' \
			-m 'WithProcessesTestValue' -m 'WithProcessesTestLock' \
			-i test_terminate
		;;
	test_subprocess)
		set -- -m 'POSIXProcessTestCase' \
			-i test_close_fds_when_max_fd_is_lowered \
			-i test_pass_fds_redirected
		;;
	*) set -- ;;
	esac
	if $python -m test "$name" "$@" >"$name.log" 2>&1; then
		echo "$name passed"
	else
		echo "$name failed"
		$python -m test -v "$name" "$@" 2>&1 |
			grep '^\(ERROR\|FAIL\):' | sort
	fi
done
