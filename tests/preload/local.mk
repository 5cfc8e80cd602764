# SPDX-License-Identifier: BSD-3-Clause
# Programs under LD_PRELOAD: one property of an interposed heap each, run for
# every backend on every kind of directory.
preload_programs = \
	tests/preload/after-exit \
	tests/preload/alignment \
	tests/preload/allocx \
	tests/preload/api \
	tests/preload/before-main \
	tests/preload/before-main-threads \
	tests/preload/cached \
	tests/preload/calloc-zero \
	tests/preload/calls-early \
	tests/preload/cancel \
	tests/preload/closed-descriptors \
	tests/preload/commit-threads \
	tests/preload/dlopen \
	tests/preload/edges \
	tests/preload/exhaustion \
	tests/preload/foreign \
	tests/preload/fork-closed-descriptors \
	tests/preload/fork-early \
	tests/preload/fork-exec \
	tests/preload/fork-full \
	tests/preload/fork-generations \
	tests/preload/fork-handlers \
	tests/preload/fork-nothing \
	tests/preload/fork-private \
	tests/preload/fork-purge \
	tests/preload/fork-storm \
	tests/preload/fork-threads \
	tests/preload/full-filesystem \
	tests/preload/full-threads \
	tests/preload/in-pool \
	tests/preload/keys-early \
	tests/preload/keys-library \
	tests/preload/late-free \
	tests/preload/limits \
	tests/preload/model \
	tests/preload/prealloc \
	tests/preload/realloc \
	tests/preload/report \
	tests/preload/requests \
	tests/preload/small-stacks \
	tests/preload/statistics-page \
	tests/preload/thread-storm \
	tests/preload/threads
if HAVE_CXX
preload_programs += \
	tests/preload/cxx \
	tests/preload/operators
endif

# These check that the heap behaves like any other memory. That does not depend
# on the file system, so tmpfs is enough, except for an allocation that fails.
page_programs = \
	tests/preload/background \
	tests/preload/child-cannot-write \
	tests/preload/closed-returns-memory \
	tests/preload/empty-blocks \
	tests/preload/failed-malloc \
	tests/preload/fork-beside \
	tests/preload/fork-heap-stack \
	tests/preload/fork-in-signal \
	tests/preload/fork-nested \
	tests/preload/fork-raw \
	tests/preload/fork-replaced-descriptors \
	tests/preload/fork-return \
	tests/preload/fork-returns-memory \
	tests/preload/fork-specific \
	tests/preload/fork-stdio \
	tests/preload/full-neighbours \
	tests/preload/key-destructor-only \
	tests/preload/keys-before \
	tests/preload/limited \
	tests/preload/lock-all \
	tests/preload/out-of-reach \
	tests/preload/page-attributes \
	tests/preload/resource-limits \
	tests/preload/reused-number \
	tests/preload/sandbox
disk_programs = tests/preload/failed-malloc

# What can only happen on a file system of blocks, under every backend.
block_programs = tests/preload/full-disk
block_tests = \
	$(block_programs) \
	tests/preload/full-disk-mode2

# These properties hold in every mode of fork but 0: a cell without a mode in
# its name uses the default, 1. Mode 3 differs from 2 if there is no room.
fork_modes = \
	tests/preload/cancel-mode2 \
	tests/preload/commit-threads-mode2 \
	tests/preload/fork-closed-descriptors-mode2 \
	tests/preload/fork-closed-descriptors-mode3 \
	tests/preload/fork-early-mode2 \
	tests/preload/fork-exec-mode2 \
	tests/preload/fork-full-mode2 \
	tests/preload/fork-full-mode3 \
	tests/preload/fork-generations-mode2 \
	tests/preload/fork-handlers-mode2 \
	tests/preload/fork-private-mode2 \
	tests/preload/fork-private-mode3 \
	tests/preload/fork-purge-mode2 \
	tests/preload/fork-storm-mode2 \
	tests/preload/fork-threads-mode2 \
	tests/preload/limits-mode2 \
	tests/preload/limits-mode3 \
	tests/preload/statistics-page-mode2
page_fork_modes = \
	tests/preload/child-cannot-write-return \
	tests/preload/fork-generations-return \
	tests/preload/fork-private-return \
	tests/preload/fork-raw-return \
	tests/preload/fork-storm-return \
	tests/preload/fork-threads-return \
	tests/preload/page-attributes-return \
	tests/preload/child-cannot-write-mode2 \
	tests/preload/closed-returns-memory-mode2 \
	tests/preload/empty-blocks-mode2 \
	tests/preload/fork-beside-mode2 \
	tests/preload/fork-beside-mode3 \
	tests/preload/fork-heap-stack-mode2 \
	tests/preload/fork-heap-stack-mode3 \
	tests/preload/fork-in-signal-mode2 \
	tests/preload/fork-nested-mode2 \
	tests/preload/fork-nested-mode3 \
	tests/preload/fork-raw-mode2 \
	tests/preload/fork-raw-mode3 \
	tests/preload/fork-replaced-descriptors-mode2 \
	tests/preload/fork-returns-memory-mode2 \
	tests/preload/fork-specific-mode2 \
	tests/preload/fork-stdio-mode2 \
	tests/preload/fork-stdio-mode3 \
	tests/preload/lock-all-mode2 \
	tests/preload/out-of-reach-mode2 \
	tests/preload/out-of-reach-mode3 \
	tests/preload/page-attributes-mode2 \
	tests/preload/page-attributes-mode3 \
	tests/preload/resource-limits-mode2 \
	tests/preload/resource-limits-mode3 \
	tests/preload/sandbox-mode2

# In mode 2 the copy can share the blocks of the pool file.
reflink_tests = \
	tests/preload/fork-closed-descriptors-mode2 \
	tests/preload/fork-generations-mode2 \
	tests/preload/fork-often-mode2 \
	tests/preload/fork-private-mode2 \
	tests/preload/fork-purge-mode2
reflink_programs = tests/preload/fork-often

# In a pool in memory. What these check does not depend on a file: the heap is
# then as any other memory, and fork the kernel's own, in every mode.
memory_programs = tests/preload/sparse
memory_tests = \
	$(memory_programs) \
	tests/preload/sparse-small-pages
native_memory_tests = \
	tests/preload/api \
	tests/preload/calloc-zero \
	tests/preload/edges \
	tests/preload/empty-blocks \
	tests/preload/fork-generations-mode2 \
	tests/preload/fork-handlers \
	tests/preload/fork-in-signal \
	tests/preload/fork-private \
	tests/preload/fork-private-mode2 \
	tests/preload/fork-private-return \
	tests/preload/fork-purge \
	tests/preload/fork-threads-mode2 \
	tests/preload/in-pool \
	tests/preload/limited \
	tests/preload/limits \
	tests/preload/page-attributes \
	tests/preload/report \
	tests/preload/sandbox \
	tests/preload/statistics-page \
	tests/preload/threads

# In a pool that lies in several places: forks above all, in which each part has
# a copy, or not, for itself.
tiers_tests = \
	tests/preload/calloc-zero \
	tests/preload/closed-descriptors \
	tests/preload/fork-generations \
	tests/preload/fork-generations-mode2 \
	tests/preload/fork-generations-return \
	tests/preload/fork-nested-mode2 \
	tests/preload/fork-private-mode2 \
	tests/preload/fork-private-return \
	tests/preload/fork-purge \
	tests/preload/fork-raw-mode2 \
	tests/preload/fork-threads-mode2 \
	tests/preload/limits \
	tests/preload/page-attributes-mode2 \
	tests/preload/statistics-page \
	tests/preload/threads
stripes_tests = \
	tests/preload/calloc-zero \
	tests/preload/closed-descriptors \
	tests/preload/fork-generations \
	tests/preload/fork-private-mode2 \
	tests/preload/fork-purge \
	tests/preload/limits \
	tests/preload/threads

# These properties hold for glibc's own malloc too: the programs also run with it,
# to show that they check glibc's behaviour.
reference_programs = \
	tests/preload/alignment \
	tests/preload/cancel \
	tests/preload/closed-returns-memory \
	tests/preload/edges \
	tests/preload/empty-blocks \
	tests/preload/fork-beside \
	tests/preload/fork-heap-stack \
	tests/preload/fork-in-signal \
	tests/preload/fork-nested \
	tests/preload/fork-raw \
	tests/preload/fork-returns-memory \
	tests/preload/fork-specific \
	tests/preload/fork-stdio \
	tests/preload/full-neighbours \
	tests/preload/key-destructor-only \
	tests/preload/keys-before \
	tests/preload/lock-all \
	tests/preload/out-of-reach \
	tests/preload/page-attributes \
	tests/preload/realloc \
	tests/preload/report \
	tests/preload/resource-limits \
	tests/preload/sandbox \
	tests/preload/small-stacks
if HAVE_CXX
reference_programs += tests/preload/operators
endif

check_PROGRAMS += \
	$(block_programs) \
	$(memory_programs) \
	$(page_programs) \
	$(preload_programs) \
	$(reflink_programs)
EXTRA_DIST += \
	tests/preload/churn.h \
	tests/preload/early.h \
	tests/preload/fork.h \
	tests/preload/parts.h \
	tests/preload/keys.h \
	tests/preload/page.h \
	tests/preload/platform.h \
	tests/preload/test.h \
	tests/preload/usage.h

# Aligned new is C++17; with an older standard wide objects are not aligned.
tests_preload_cxx_CXXFLAGS = $(AM_CXXFLAGS) -std=gnu++17
tests_preload_cxx_SOURCES = tests/preload/cxx.cc
tests_preload_fork_early_LDADD = tests/preload/libearly.la
tests_preload_fork_early_LDFLAGS = -no-install
tests_preload_keys_library_LDADD = tests/preload/libkeys.la
tests_preload_keys_library_LDFLAGS = -no-install -Wl,--no-as-needed
tests_preload_model_SOURCES = \
	tests/preload/model.c \
	$(model_sources)
# Not what every compiler does by default: aligned new, sized delete.
tests_preload_operators_CXXFLAGS = $(AM_CXXFLAGS) \
	-fsized-deallocation -std=gnu++17
tests_preload_operators_SOURCES = tests/preload/operators.cc
# like most programs: calls are resolved in the thread that makes them
tests_preload_small_stacks_LDFLAGS = -Wl,-z,lazy

# libearly and libkeys are linked with the programs fork-early and
# keys-library, module is loaded by the program dlopen; -rpath makes libtool
# build them as shared libraries.
check_LTLIBRARIES += \
	tests/preload/libearly.la \
	tests/preload/libkeys.la \
	tests/preload/module.la
tests_preload_libearly_la_LDFLAGS = \
	-avoid-version \
	-rpath $(abs_top_builddir)/tests/preload
tests_preload_libearly_la_SOURCES = tests/preload/early.c
tests_preload_libkeys_la_LDFLAGS = \
	-avoid-version \
	-rpath $(abs_top_builddir)/tests/preload
tests_preload_libkeys_la_SOURCES = tests/preload/keys.c
tests_preload_module_la_LDFLAGS = \
	-avoid-version \
	-module \
	-rpath $(abs_top_builddir)/tests/preload
