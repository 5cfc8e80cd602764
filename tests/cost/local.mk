# SPDX-License-Identifier: BSD-3-Clause
# Memory, page faults, instructions and locks of the native heap.
script_tests += \
	tests/cost/faults.sh \
	tests/cost/footprint.sh \
	tests/cost/idle.sh \
	tests/cost/instructions.sh \
	tests/cost/scaling.sh \
	tests/cost/start.sh
check_PROGRAMS += \
	tests/cost/footprint \
	tests/cost/idle \
	tests/cost/scaling

# Preloaded after the library by tests/cost/scaling.sh: they count locks, and
# simulate a machine with many processors.
check_LTLIBRARIES += \
	tests/cost/locks.la \
	tests/cost/processors.la
tests_cost_locks_la_LDFLAGS = \
	-avoid-version \
	-module \
	-rpath $(abs_top_builddir)/tests/cost
tests_cost_processors_la_LDFLAGS = $(tests_cost_locks_la_LDFLAGS)
EXTRA_DIST += tests/cost/shims.h
