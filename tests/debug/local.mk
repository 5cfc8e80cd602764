# SPDX-License-Identifier: BSD-3-Clause
# The debug variant, its log, and valgrind's tools.
#
#	make check-valgrind			real programs too; minutes
#	make check-valgrind VALGRIND=short	what make check runs
script_tests += \
	tests/debug/heap.sh \
	tests/debug/logging.sh \
	tests/debug/memcheck.sh \
	tests/debug/race.sh
check_PROGRAMS += \
	tests/debug/heap \
	tests/debug/memchecked \
	tests/debug/raced \
	tests/debug/traced

VALGRIND = long
valgrind_tests = \
	tests/debug/memcheck.sh \
	tests/debug/race.sh
check-valgrind:
	TEST_VALGRIND='$(VALGRIND)' \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(valgrind_tests)'
.PHONY: check-valgrind
