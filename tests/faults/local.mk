# SPDX-License-Identifier: BSD-3-Clause
# System calls that fail, processes that are killed, and resources that end.
#
#	make check-faults		each call, each error; an hour
#	make check-faults FAULTS=short	a part, a minute
check_PROGRAMS += \
	tests/faults/inject \
	tests/faults/kill \
	tests/faults/trouble \
	tests/faults/workload
tests_faults_inject_SOURCES = \
	tests/faults/calls.c \
	tests/faults/calls.h \
	tests/faults/inject.c \
	tests/faults/marks.h \
	tests/faults/supervise.c \
	tests/faults/supervise.h \
	tests/faults/tracee.c \
	tests/faults/tracee.h
tests_faults_workload_SOURCES = \
	tests/faults/use.c \
	tests/faults/use.h \
	tests/faults/marks.h \
	tests/faults/workload.c
tests_faults_kill_SOURCES = \
	tests/faults/kill.c \
	tests/faults/tracee.c \
	tests/faults/tracee.h
tests_faults_trouble_SOURCES = \
	tests/faults/marks.h \
	tests/faults/trouble.c \
	tests/faults/use.c \
	tests/faults/use.h

FAULTS = long
KILLS = 1000
fault_tests = \
	tests/faults/faults.sh \
	tests/faults/kill.sh \
	tests/faults/trouble.sh
EXTRA_DIST += $(fault_tests)
fault_tests += tests/platform/quota.sh
check-faults: check_faults_$(FAULTS)
check_faults_long:
	TEST_FAULTS=long TEST_KILLS='$(KILLS)' \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(fault_tests)'
check_faults_short:
	TEST_FAULTS=short TEST_KILLS=50 \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(fault_tests)'
.PHONY: check-faults check_faults_long check_faults_short
