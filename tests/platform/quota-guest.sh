# SPDX-License-Identifier: BSD-3-Clause
# Runs in an emulated machine: tests/faults/trouble.sh with the kinds $1 and the
# backends that follow.
PATH=/usr/sbin:$PATH
TEST_SRCDIR=/test
TEST_BUILDDIR=/test
TMPDIR=/dev/shm
TROUBLE_KINDS=$1
export PATH TEST_SRCDIR TEST_BUILDDIR TMPDIR TROUBLE_KINDS
shift
passed=0
for backend; do
	TEST_BACKENDS=$backend
	export TEST_BACKENDS
	if sh /test/tests/faults/trouble.sh; then
		passed=$((passed + 1))
		echo "passed: $backend: $TROUBLE_KINDS"
	else
		echo "FAILED: $backend: $TROUBLE_KINDS"
	fi
done
echo "all $passed passed"
