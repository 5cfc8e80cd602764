# SPDX-License-Identifier: BSD-3-Clause
# The debug variant, its log, and memcheck.
script_tests += \
	tests/debug/heap.sh \
	tests/debug/logging.sh \
	tests/debug/memcheck.sh
check_PROGRAMS += \
	tests/debug/heap \
	tests/debug/memchecked \
	tests/debug/traced
