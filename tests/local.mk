# SPDX-License-Identifier: BSD-3-Clause
# Tests in directories by kind, each with a fragment of its own:
#
# unit/      Check programs around one module
# preload/   one property of an interposed heap, in one program, run for every
#            backend on every kind of directory
# apps/      real programs whose output must not change
# misuse/    one misuse of the heap, for native and its debug build
# stress/    random histories, with sanitizers; fuzz/: libFuzzer
# adapter/   the adapters of allocator libraries
# checkers/  static analysis, coverage, mutants
# cli/       the command vmmalloc
# company/   programs with other libraries that hook or replace functions
# cost/      memory, faults, instructions and locks of the native heap
# faults/    system calls that fail, a program that is killed, limits
# debug/     the debug variant, its log, and memcheck
# package/   what is exported, installed and documented; style
# platform/  limits and file systems; vm/: a machine with memory of other kinds
# plugin/    the interface to backends
# safety/    wrong settings, and protection against others
#
# preload, apps and misuse are a matrix: each cell is a test of its own, an
# empty file NAME.DIRECTORY.BACKEND.t whose name tells tests/matrix.sh what to
# run. make check-apps runs an application in several cells by one test,
# NAME.BACKEND.app, with tests/apps/cells.sh. lib.sh is what scripts have in common.

TEST_EXTENSIONS = .sh .t .app
SH_LOG_COMPILER = $(SHELL)
T_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/matrix.sh
APP_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/apps/cells.sh
AM_TESTS_ENVIRONMENT = \
	CK_DEFAULT_TIMEOUT=60; \
	TEST_BUILDDIR='$(abs_top_builddir)'; \
	TEST_SRCDIR='$(abs_top_srcdir)'; \
	TEST_BACKENDS='$(test_backends)'; \
	TEST_CC='$(CC)'; \
	TEST_CXX='$(CXX)'; \
	TEST_NM='$(NM)'; \
	TEST_DAX_LENGTH='$(DAX_LENGTH)'; \
	TEST_NODES_LENGTH='$(NODES_LENGTH)'; \
	TEST_CELLS='$(APP_CELLS)'; \
	export TEST_BUILDDIR TEST_SRCDIR TEST_BACKENDS TEST_CC TEST_CXX TEST_NM; \
	export TEST_CELLS TEST_DAX_LENGTH TEST_NODES_LENGTH CK_DEFAULT_TIMEOUT; \
	unset $$(sed -n 's/^\tX(\([A-Z_]*\),.*/VMMALLOC_\1/p' \
		'$(top_srcdir)/core/env_vars.h');

# The flags of all test programs. Objects of the library and of the backends
# that are linked with some of them lie elsewhere, and have their own.
# -fno-builtin: the compiler must not optimise allocations away.
tests/%: private AM_CFLAGS = $(VMM_CFLAGS) -fno-builtin -pthread
tests/%: private AM_CXXFLAGS = $(VMM_CXXFLAGS) -fno-builtin -pthread

# Scripts: of make check, of the command if it is built, and of check-wide.
script_tests =
tool_tests =
wide_script_tests =

include tests/unit/local.mk
include tests/preload/local.mk
include tests/apps/local.mk
include tests/misuse/local.mk

# The matrix

matrix = \
	$(preload_programs:=.tmpfs) \
	$(fork_modes:=.tmpfs) \
	$(page_programs:=.tmpfs) \
	$(memory_tests:=.ram) \
	$(app_scripts:.sh=.tmpfs)
wide_matrix = \
	$(preload_programs:=.disk) \
	$(fork_modes:=.disk) \
	$(block_tests:=.disk) \
	$(reflink_tests:=.reflink)
native_matrix = \
	$(matrix:=.native.t) \
	$(page_fork_modes:=.tmpfs.native.t) \
	$(native_memory_tests:=.ram.native.t) \
	$(stripes_tests:=.stripes.native.t) \
	$(tiers_tests:=.tiers.native.t) \
	$(app_fork_modes:=.tmpfs.native.t) \
	$(misuse_programs:=.tmpfs.native.t)
matrix_tests = \
	$(native_matrix) \
	$(reference_programs:=.none.system.t) \
	$(misuse_programs:=.tmpfs.native-debug.t) \
	$(preload_programs:=.tmpfs.native-debug.t)
wide_matrix_tests = \
	$(wide_matrix:=.native.t) \
	$(disk_programs:=.disk.native.t)
test_backends = native
if WITH_JEMALLOC
matrix_tests += $(matrix:=.jemalloc.t)
wide_matrix_tests += $(wide_matrix:=.jemalloc.t)
test_backends += jemalloc
endif
if WITH_TCMALLOC
matrix_tests += $(matrix:=.tcmalloc.t)
wide_matrix_tests += $(wide_matrix:=.tcmalloc.t)
test_backends += tcmalloc
endif
TESTS += $(matrix_tests)
WIDE_TESTS += $(wide_matrix_tests)
CLEANFILES += $(matrix_tests) $(wide_matrix_tests)
EXTRA_DIST += \
	tests/lib.sh \
	tests/matrix.sh

$(matrix_tests) $(wide_matrix_tests):
	@$(MKDIR_P) $(@D) && : > $@

include tests/stress/local.mk
include tests/adapter/local.mk
include tests/checkers/local.mk
include tests/cli/local.mk
include tests/company/local.mk
include tests/cost/local.mk
include tests/debug/local.mk
include tests/faults/local.mk
include tests/package/local.mk
include tests/platform/local.mk
include tests/plugin/local.mk
include tests/safety/local.mk
TESTS += $(script_tests)
WIDE_TESTS += $(wide_script_tests)
EXTRA_DIST += \
	$(script_tests) \
	$(tool_tests) \
	$(wide_script_tests)
if WITH_TOOLS
TESTS += $(tool_tests)
endif

# More combinations than make check tests: file systems, versions of the
# backends, other preloaded libraries.
check-wide:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(WIDE_TESTS)'
# Each program once, with the native backend on tmpfs.
SHORT_TESTS = $(unit_programs) $(native_matrix) $(script_tests)
# The unit tests, native on tmpfs in fork mode 1, and the misuse of the heap that
# its release build detects: for every change. The slowest are left out, of which
# others test a part.
slow_programs = \
	tests/preload/fork-beside \
	tests/preload/fork-raw \
	tests/preload/fork-storm \
	tests/preload/resource-limits \
	tests/preload/thread-storm \
	tests/unit/extent-history
quick_programs = $(filter-out $(slow_programs), \
	$(preload_programs) $(page_programs))
quick_misuse_programs = \
	tests/misuse/double-free \
	tests/misuse/double-free-large \
	tests/misuse/double-free-later \
	tests/misuse/double-free-slab \
	tests/misuse/free-inside-small \
	tests/misuse/free-sized-wrong \
	tests/misuse/free-unused-small \
	tests/misuse/realloc-freed
QUICK_TESTS = $(filter-out $(slow_programs),$(unit_programs)) \
	$(quick_programs:=.tmpfs.native.t) \
	$(quick_misuse_programs:=.tmpfs.native.t)
check-quick:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(QUICK_TESTS)'
check-short:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(SHORT_TESTS)'
.PHONY: check-quick check-short check-wide
