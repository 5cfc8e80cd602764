# SPDX-License-Identifier: BSD-3-Clause
# The model on a heap that is built with the thread sanitizer, for TEST_SECONDS;
# and on its debug build.
. "$TEST_SRCDIR/tests/stress/sanitize-common.sh"

build_with thread "$TEST_CC" -fsanitize=thread \
	tests/stress/inprocess-model tests/stress/inprocess-model-debug
MODEL_SECONDS=$seconds
TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
export MODEL_SECONDS TSAN_OPTIONS
run tests/stress/inprocess-model
run tests/stress/inprocess-model-debug
