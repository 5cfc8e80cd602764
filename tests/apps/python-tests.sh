# SPDX-License-Identifier: BSD-3-Clause
# Python's own tests of what a heap in a file could break; not test_subprocess,
# which expects no descriptor but its own.
python3 -c 'import test.test_mmap' 2>/dev/null || {
	echo "no tests of python3's"
	exit 77
}
# so that its small objects come from malloc as well
export PYTHONMALLOC=malloc
for name in test_ctypes test_fork1 test_json test_mmap test_os test_posix \
	test_thread test_threading test_wait3 test_wait4; do
	if python3 -m test "$name" >"$name.log" 2>&1; then
		echo "$name passed"
	else
		echo "$name failed"
		grep '^\(ERROR\|FAIL\):' "$name.log" | sort
	fi
done
