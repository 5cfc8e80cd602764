# SPDX-License-Identifier: BSD-3-Clause
# The model on a heap that is built with the address and the undefined behaviour
# sanitizers, for TEST_SECONDS; and on its debug build.
. "$TEST_SRCDIR/tests/stress/sanitize-common.sh"

build_with address "$TEST_CC" \
	"-fsanitize=address,undefined -fno-sanitize-recover=all" \
	tests/stress/inprocess-model tests/stress/inprocess-model-debug
MODEL_SECONDS=$seconds
export MODEL_SECONDS
run tests/stress/inprocess-model
run tests/stress/inprocess-model-debug
