# SPDX-License-Identifier: BSD-3-Clause
# Three kinds of tests:
#
# tests/unit/NAME.c       Check programs around one module.
# tests/preload/NAME.c    one property of an interposed heap, in one program,
#                         run for every backend on every kind of directory; and
# tests/apps/NAME.sh      a real program whose output must not change; and
# tests/misuse/NAME.c     one misuse of the heap, for native and its debug build.
# tests/NAME.sh           everything else.
#
# The second kind is a matrix: each cell is a test of its own, an empty file
# NAME.DIRECTORY.BACKEND.t whose name tells tests/matrix.sh what to run.

TEST_EXTENSIONS = .sh .t
SH_LOG_COMPILER = $(SHELL)
T_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/matrix.sh
AM_TESTS_ENVIRONMENT = \
	TEST_BUILDDIR='$(abs_top_builddir)'; \
	TEST_SRCDIR='$(abs_top_srcdir)'; \
	TEST_BACKENDS='$(test_backends)'; \
	TEST_CC='$(CC)'; \
	TEST_CXX='$(CXX)'; \
	TEST_NM='$(NM)'; \
	TEST_DAX_VM='$(DAX_VM)'; \
	TEST_DAX_LENGTH='$(DAX_LENGTH)'; \
	export TEST_BUILDDIR TEST_SRCDIR TEST_BACKENDS TEST_CC TEST_CXX TEST_NM; \
	export TEST_DAX_VM TEST_DAX_LENGTH; \
	unset VMMALLOC_POOL_DIR VMMALLOC_POOL_SIZE VMMALLOC_FORK; \
	unset VMMALLOC_FORK_RETURN; \
	unset VMMALLOC_BACKEND VMMALLOC_BACKEND_PATH VMMALLOC_STATS_FILE; \
	unset VMMALLOC_PREALLOC;

# Units

unit_programs = \
	tests/unit/bitmap \
	tests/unit/bootstrap \
	tests/unit/checked \
	tests/unit/commit \
	tests/unit/env \
	tests/unit/extent \
	tests/unit/extent-history \
	tests/unit/format \
	tests/unit/host \
	tests/unit/native-mid \
	tests/unit/native-realloc \
	tests/unit/native-slab \
	tests/unit/native-spares \
	tests/unit/past \
	tests/unit/plugin-table \
	tests/unit/pool \
	tests/unit/pool-full \
	tests/unit/stats-file
unit_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_ldadd = libcore.la $(CHECK_LIBS)

if HAVE_CHECK
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
EXTRA_DIST += \
	tests/unit/make-pool.h \
	tests/unit/pool.h \
	tests/unit/tiny-fs.h \
	tests/unit/unit.h

tests_unit_bitmap_CFLAGS = $(unit_cflags)
tests_unit_bitmap_LDADD = $(unit_ldadd)
tests_unit_bootstrap_CFLAGS = $(unit_cflags)
tests_unit_bootstrap_LDADD = $(unit_ldadd)
tests_unit_checked_CFLAGS = $(unit_cflags)
tests_unit_checked_LDADD = $(unit_ldadd)
tests_unit_env_CPPFLAGS = $(libcore_la_CPPFLAGS)
tests_unit_commit_CFLAGS = $(unit_cflags)
tests_unit_commit_LDADD = $(unit_ldadd)
tests_unit_env_CFLAGS = $(unit_cflags)
tests_unit_env_LDADD = $(unit_ldadd)
tests_unit_extent_CFLAGS = $(unit_cflags)
tests_unit_extent_LDADD = $(unit_ldadd)
tests_unit_extent_history_CFLAGS = $(unit_cflags)
tests_unit_extent_history_LDADD = $(unit_ldadd)
tests_unit_format_CFLAGS = $(unit_cflags)
tests_unit_format_LDADD = $(unit_ldadd)
tests_unit_host_CFLAGS = $(unit_cflags)
tests_unit_host_LDADD = $(unit_ldadd)
tests_unit_native_mid_CFLAGS = $(unit_cflags)
tests_unit_native_mid_LDADD = \
	tests/stress/libnative.la \
	$(unit_ldadd)
tests_unit_native_realloc_CFLAGS = $(unit_cflags)
tests_unit_native_realloc_LDADD = \
	tests/stress/libnative.la \
	$(unit_ldadd)
tests_unit_native_slab_CFLAGS = $(unit_cflags)
tests_unit_native_slab_LDADD = \
	tests/stress/libnative.la \
	$(unit_ldadd)
tests_unit_native_spares_CFLAGS = $(unit_cflags)
tests_unit_native_spares_LDADD = \
	tests/stress/libnative.la \
	$(unit_ldadd)
tests_unit_past_CFLAGS = $(unit_cflags)
tests_unit_past_LDADD = $(unit_ldadd)
tests_unit_plugin_table_CFLAGS = $(unit_cflags)
tests_unit_plugin_table_LDADD = $(unit_ldadd)
tests_unit_pool_CFLAGS = $(unit_cflags)
tests_unit_pool_LDADD = $(unit_ldadd)
tests_unit_pool_full_CFLAGS = $(unit_cflags)
tests_unit_pool_full_LDADD = $(unit_ldadd)
tests_unit_stats_file_SOURCES = \
	cli/stats_file.c \
	cli/stats_file.h \
	tests/unit/stats-file.c
tests_unit_stats_file_CFLAGS = $(unit_cflags)
tests_unit_stats_file_LDADD = $(CHECK_LIBS)

# Programs under LD_PRELOAD

preload_programs = \
	tests/preload/after-exit \
	tests/preload/alignment \
	tests/preload/allocx \
	tests/preload/api \
	tests/preload/before-main \
	tests/preload/before-main-threads \
	tests/preload/cached \
	tests/preload/calloc-zero \
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
	tests/preload/small-stacks \
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
	tests/preload/child-cannot-write \
	tests/preload/closed-returns-memory \
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
	tests/preload/lock-all \
	tests/preload/out-of-reach \
	tests/preload/page-attributes \
	tests/preload/resource-limits \
	tests/preload/reused-number \
	tests/preload/sandbox
disk_programs = tests/preload/failed-malloc

# What these check holds in every mode of fork but 0: a cell without a mode in
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
	tests/preload/limits-mode3
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
	tests/preload/fork-private-mode2 \
	tests/preload/fork-purge-mode2

# What these check holds for glibc's own malloc too: they also run with it, to
# show that they check glibc's behaviour.
reference_programs = \
	tests/preload/alignment \
	tests/preload/cancel \
	tests/preload/closed-returns-memory \
	tests/preload/edges \
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

check_PROGRAMS += $(preload_programs) $(page_programs)
EXTRA_DIST += \
	tests/preload/churn.h \
	tests/preload/early.h \
	tests/preload/fork.h \
	tests/preload/parts.h \
	tests/preload/keys.h \
	tests/preload/platform.h \
	tests/preload/test.h \
	tests/preload/usage.h

# -fno-builtin: the compiler must not optimise allocations away.
preload_cflags = $(AM_CFLAGS) -fno-builtin -pthread
preload_cxxflags = $(AM_CXXFLAGS) -fno-builtin -pthread
tests_preload_after_exit_CFLAGS = $(preload_cflags)
tests_preload_alignment_CFLAGS = $(preload_cflags)
tests_preload_allocx_CFLAGS = $(preload_cflags)
tests_preload_api_CFLAGS = $(preload_cflags)
tests_preload_before_main_CFLAGS = $(preload_cflags)
tests_preload_before_main_threads_CFLAGS = $(preload_cflags)
tests_preload_cached_CFLAGS = $(preload_cflags)
tests_preload_calloc_zero_CFLAGS = $(preload_cflags)
tests_preload_cancel_CFLAGS = $(preload_cflags)
tests_preload_child_cannot_write_CFLAGS = $(preload_cflags)
tests_preload_closed_descriptors_CFLAGS = $(preload_cflags)
tests_preload_closed_returns_memory_CFLAGS = $(preload_cflags)
tests_preload_commit_threads_CFLAGS = $(preload_cflags)
# Aligned new is C++17; with an older standard wide objects are not aligned.
tests_preload_cxx_CXXFLAGS = $(preload_cxxflags) -std=gnu++17
tests_preload_cxx_SOURCES = tests/preload/cxx.cc
tests_preload_dlopen_CFLAGS = $(preload_cflags)
tests_preload_edges_CFLAGS = $(preload_cflags)
tests_preload_exhaustion_CFLAGS = $(preload_cflags)
tests_preload_failed_malloc_CFLAGS = $(preload_cflags)
tests_preload_foreign_CFLAGS = $(preload_cflags)
tests_preload_fork_beside_CFLAGS = $(preload_cflags)
tests_preload_fork_closed_descriptors_CFLAGS = $(preload_cflags)
tests_preload_fork_early_CFLAGS = $(preload_cflags)
tests_preload_fork_early_LDADD = tests/preload/libearly.la
tests_preload_fork_early_LDFLAGS = -no-install
tests_preload_fork_exec_CFLAGS = $(preload_cflags)
tests_preload_fork_full_CFLAGS = $(preload_cflags)
tests_preload_fork_generations_CFLAGS = $(preload_cflags)
tests_preload_fork_handlers_CFLAGS = $(preload_cflags)
tests_preload_fork_heap_stack_CFLAGS = $(preload_cflags)
tests_preload_fork_in_signal_CFLAGS = $(preload_cflags)
tests_preload_fork_nested_CFLAGS = $(preload_cflags)
tests_preload_fork_nothing_CFLAGS = $(preload_cflags)
tests_preload_fork_private_CFLAGS = $(preload_cflags)
tests_preload_fork_purge_CFLAGS = $(preload_cflags)
tests_preload_fork_raw_CFLAGS = $(preload_cflags)
tests_preload_fork_return_CFLAGS = $(preload_cflags)
tests_preload_fork_returns_memory_CFLAGS = $(preload_cflags)
tests_preload_fork_specific_CFLAGS = $(preload_cflags)
tests_preload_fork_stdio_CFLAGS = $(preload_cflags)
tests_preload_fork_replaced_descriptors_CFLAGS = $(preload_cflags)
tests_preload_fork_replaced_descriptors_LDADD = -lpthread
tests_preload_fork_storm_CFLAGS = $(preload_cflags)
tests_preload_fork_threads_CFLAGS = $(preload_cflags)
tests_preload_full_filesystem_CFLAGS = $(preload_cflags)
tests_preload_full_neighbours_CFLAGS = $(preload_cflags)
tests_preload_full_threads_CFLAGS = $(preload_cflags)
tests_preload_in_pool_CFLAGS = $(preload_cflags)
tests_preload_key_destructor_only_CFLAGS = $(preload_cflags)
tests_preload_keys_before_CFLAGS = $(preload_cflags)
tests_preload_keys_early_CFLAGS = $(preload_cflags)
tests_preload_keys_library_CFLAGS = $(preload_cflags)
tests_preload_keys_library_LDADD = tests/preload/libkeys.la
tests_preload_keys_library_LDFLAGS = -no-install -Wl,--no-as-needed
tests_preload_late_free_CFLAGS = $(preload_cflags)
tests_preload_limits_CFLAGS = $(preload_cflags)
tests_preload_lock_all_CFLAGS = $(preload_cflags)
tests_preload_model_SOURCES = \
	tests/preload/model.c \
	$(model_sources)
tests_preload_model_CFLAGS = $(preload_cflags)
# Not what every compiler does by default: aligned new, sized delete.
tests_preload_operators_CXXFLAGS = $(preload_cxxflags) \
	-fsized-deallocation -std=gnu++17
tests_preload_operators_SOURCES = tests/preload/operators.cc
tests_preload_out_of_reach_CFLAGS = $(preload_cflags)
tests_preload_page_attributes_CFLAGS = $(preload_cflags)
tests_preload_prealloc_CFLAGS = $(preload_cflags)
tests_preload_realloc_CFLAGS = $(preload_cflags)
tests_preload_report_CFLAGS = $(preload_cflags)
tests_preload_resource_limits_CFLAGS = $(preload_cflags)
tests_preload_reused_number_CFLAGS = $(preload_cflags)
tests_preload_sandbox_CFLAGS = $(preload_cflags)
# like most programs: calls are resolved in the thread that makes them
tests_preload_small_stacks_CFLAGS = $(preload_cflags)
tests_preload_small_stacks_LDFLAGS = -Wl,-z,lazy
tests_preload_thread_storm_CFLAGS = $(preload_cflags)
tests_preload_threads_CFLAGS = $(preload_cflags)

# libearly and libkeys are linked with the programs fork-early and
# keys-library, module is loaded by the program dlopen; -rpath makes libtool
# build them as shared libraries.
check_LTLIBRARIES += \
	tests/preload/libearly.la \
	tests/preload/libkeys.la \
	tests/preload/module.la
tests_preload_libearly_la_CFLAGS = $(preload_cflags)
tests_preload_libearly_la_LDFLAGS = \
	-avoid-version \
	-rpath $(abs_top_builddir)/tests/preload
tests_preload_libearly_la_SOURCES = tests/preload/early.c
tests_preload_libkeys_la_CFLAGS = $(preload_cflags)
tests_preload_libkeys_la_LDFLAGS = \
	-avoid-version \
	-rpath $(abs_top_builddir)/tests/preload
tests_preload_libkeys_la_SOURCES = tests/preload/keys.c
tests_preload_module_la_CFLAGS = $(preload_cflags)
tests_preload_module_la_LDFLAGS = \
	-avoid-version \
	-module \
	-rpath $(abs_top_builddir)/tests/preload

# Loaded by vmmalloc in tests/conform.sh.
check_LTLIBRARIES += tests/conform/faulty.la
tests_conform_faulty_la_CFLAGS = $(AM_CFLAGS) $(BACKEND_FLAGS)
tests_conform_faulty_la_LDFLAGS = $(BACKEND_LDFLAGS) \
	-rpath $(abs_top_builddir)/tests/conform

# Real programs

app_scripts = \
	tests/apps/bash.sh \
	tests/apps/bwrap.sh \
	tests/apps/cc.sh \
	tests/apps/git.sh \
	tests/apps/limited-python3.sh \
	tests/apps/luajit.sh \
	tests/apps/man.sh \
	tests/apps/node.sh \
	tests/apps/perl.sh \
	tests/apps/python3.sh \
	tests/apps/redis.sh \
	tests/apps/sort.sh \
	tests/apps/sqlite3.sh \
	tests/apps/tcc.sh
# Those that fork in a special way are also run in mode 2.
app_fork_modes = \
	tests/apps/bash-return \
	tests/apps/python3-return \
	tests/apps/redis-mode2 \
	tests/apps/redis-return \
	tests/apps/bwrap-mode2 \
	tests/apps/limited-python3-mode2 \
	tests/apps/tcc-mode2
EXTRA_DIST += $(app_scripts)

# Programs that misuse the heap

misuse_programs = \
	tests/misuse/double-free \
	tests/misuse/double-free-handler \
	tests/misuse/double-free-large \
	tests/misuse/double-free-later \
	tests/misuse/double-free-slab \
	tests/misuse/double-free-thread \
	tests/misuse/free-inside-aligned \
	tests/misuse/free-inside-large \
	tests/misuse/free-inside-small \
	tests/misuse/free-sized-wrong \
	tests/misuse/free-unaligned-large \
	tests/misuse/free-unaligned-small \
	tests/misuse/free-unused-page \
	tests/misuse/overflow \
	tests/misuse/overflow-realloc \
	tests/misuse/realloc-freed \
	tests/misuse/realloc-freed-in-place \
	tests/misuse/realloc-freed-large \
	tests/misuse/realloc-inside \
	tests/misuse/underflow \
	tests/misuse/usable-inside-large \
	tests/misuse/write-after-free \
	tests/misuse/write-after-free-exit
check_PROGRAMS += $(misuse_programs)
EXTRA_DIST += \
	tests/misuse/expected \
	tests/misuse/misuse.h
misuse_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/preload
tests_misuse_double_free_CPPFLAGS = $(misuse_cppflags)
tests_misuse_double_free_CFLAGS = $(preload_cflags)
tests_misuse_double_free_handler_CPPFLAGS = $(misuse_cppflags)
tests_misuse_double_free_handler_CFLAGS = $(preload_cflags)
tests_misuse_double_free_large_CPPFLAGS = $(misuse_cppflags)
tests_misuse_double_free_large_CFLAGS = $(preload_cflags)
tests_misuse_double_free_later_CPPFLAGS = $(misuse_cppflags)
tests_misuse_double_free_later_CFLAGS = $(preload_cflags)
tests_misuse_double_free_slab_CPPFLAGS = $(misuse_cppflags)
tests_misuse_double_free_slab_CFLAGS = $(preload_cflags)
tests_misuse_double_free_thread_CPPFLAGS = $(misuse_cppflags)
tests_misuse_double_free_thread_CFLAGS = $(preload_cflags)
tests_misuse_free_inside_aligned_CPPFLAGS = $(misuse_cppflags)
tests_misuse_free_inside_aligned_CFLAGS = $(preload_cflags)
tests_misuse_free_inside_large_CPPFLAGS = $(misuse_cppflags)
tests_misuse_free_inside_large_CFLAGS = $(preload_cflags)
tests_misuse_free_inside_small_CPPFLAGS = $(misuse_cppflags)
tests_misuse_free_inside_small_CFLAGS = $(preload_cflags)
tests_misuse_free_sized_wrong_CPPFLAGS = $(misuse_cppflags)
tests_misuse_free_sized_wrong_CFLAGS = $(preload_cflags)
tests_misuse_free_unaligned_large_CPPFLAGS = $(misuse_cppflags)
tests_misuse_free_unaligned_large_CFLAGS = $(preload_cflags)
tests_misuse_free_unaligned_small_CPPFLAGS = $(misuse_cppflags)
tests_misuse_free_unaligned_small_CFLAGS = $(preload_cflags)
tests_misuse_free_unused_page_CPPFLAGS = $(misuse_cppflags)
tests_misuse_free_unused_page_CFLAGS = $(preload_cflags)
tests_misuse_overflow_CPPFLAGS = $(misuse_cppflags)
tests_misuse_overflow_CFLAGS = $(preload_cflags)
tests_misuse_overflow_realloc_CPPFLAGS = $(misuse_cppflags)
tests_misuse_overflow_realloc_CFLAGS = $(preload_cflags)
tests_misuse_realloc_freed_CPPFLAGS = $(misuse_cppflags)
tests_misuse_realloc_freed_CFLAGS = $(preload_cflags)
tests_misuse_realloc_freed_in_place_CPPFLAGS = $(misuse_cppflags)
tests_misuse_realloc_freed_in_place_CFLAGS = $(preload_cflags)
tests_misuse_realloc_freed_large_CPPFLAGS = $(misuse_cppflags)
tests_misuse_realloc_freed_large_CFLAGS = $(preload_cflags)
tests_misuse_realloc_inside_CPPFLAGS = $(misuse_cppflags)
tests_misuse_realloc_inside_CFLAGS = $(preload_cflags)
tests_misuse_underflow_CPPFLAGS = $(misuse_cppflags)
tests_misuse_underflow_CFLAGS = $(preload_cflags)
tests_misuse_usable_inside_large_CPPFLAGS = $(misuse_cppflags)
tests_misuse_usable_inside_large_CFLAGS = $(preload_cflags)
tests_misuse_write_after_free_CPPFLAGS = $(misuse_cppflags)
tests_misuse_write_after_free_CFLAGS = $(preload_cflags)
tests_misuse_write_after_free_exit_CPPFLAGS = $(misuse_cppflags)
tests_misuse_write_after_free_exit_CFLAGS = $(preload_cflags)

# The matrix

matrix = \
	$(preload_programs:=.tmpfs) \
	$(fork_modes:=.tmpfs) \
	$(page_programs:=.tmpfs) \
	$(app_scripts:.sh=.tmpfs)
wide_matrix = \
	$(preload_programs:=.disk) \
	$(fork_modes:=.disk) \
	$(reflink_tests:=.reflink)
native_matrix = \
	$(matrix:=.native.t) \
	$(page_fork_modes:=.tmpfs.native.t) \
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
EXTRA_DIST += tests/matrix.sh

$(matrix_tests) $(wide_matrix_tests):
	@$(MKDIR_P) $(@D) && : > $@

# Preloaded after the library by tests/native-scaling.sh: they count locks, and
# simulate a machine with many processors.
check_LTLIBRARIES += \
	tests/shims/locks.la \
	tests/shims/processors.la
tests_shims_locks_la_CFLAGS = $(preload_cflags)
tests_shims_locks_la_LDFLAGS = \
	-avoid-version \
	-module \
	-rpath $(abs_top_builddir)/tests/shims
tests_shims_processors_la_CFLAGS = $(preload_cflags)
tests_shims_processors_la_LDFLAGS = $(tests_shims_locks_la_LDFLAGS)
EXTRA_DIST += tests/shims/shims.h

# The others

check_PROGRAMS += \
	tests/abi/use \
	tests/code-pointers \
	tests/debug-heap \
	tests/footprint \
	tests/linked \
	tests/memchecked \
	tests/native-scaling \
	tests/traced
tests_abi_use_CFLAGS = $(preload_cflags)
tests_code_pointers_CFLAGS = $(preload_cflags)
# -no-install: the program finds the library in the build tree
tests_linked_CFLAGS = $(preload_cflags)
tests_linked_LDADD = libvmmalloc.la
tests_linked_LDFLAGS = -no-install
tests_memchecked_CPPFLAGS = $(misuse_cppflags)
tests_memchecked_CFLAGS = $(preload_cflags)
tests_native_scaling_CFLAGS = $(preload_cflags)
tests_traced_CFLAGS = $(preload_cflags)
tests_footprint_CFLAGS = $(preload_cflags)
tests_debug_heap_CPPFLAGS = $(misuse_cppflags)
tests_debug_heap_CFLAGS = $(preload_cflags)

script_tests = \
	tests/abi.sh \
	tests/address-limit.sh \
	tests/company.sh \
	tests/core-size.sh \
	tests/debug-heap.sh \
	tests/errors.sh \
	tests/footprint.sh \
	tests/header.sh \
	tests/hooks.sh \
	tests/hugetlbfs.sh \
	tests/instructions.sh \
	tests/logging.sh \
	tests/manual.sh \
	tests/memcheck.sh \
	tests/native-scaling.sh \
	tests/no-tmpfile.sh \
	tests/safety.sh \
	tests/structure.sh \
	tests/style.sh \
	tests/symbols.sh
tool_tests = \
	tests/cli/backends.sh \
	tests/cli/compare.sh \
	tests/cli/completion.sh \
	tests/cli/run.sh \
	tests/conform.sh
wide_script_tests = \
	tests/hooking.sh \
	tests/operators.sh
TESTS += $(script_tests)
WIDE_TESTS += $(wide_script_tests)
if WITH_TOOLS
TESTS += $(tool_tests)
endif
EXTRA_DIST += \
	$(script_tests) \
	$(tool_tests) \
	$(wide_script_tests) \
	tests/abi/plugin.c \
	tests/cli/common.sh \
	tests/operators/forms.cc \
	tests/operators/host.c \
	tests/operators/replaced.cc \
	tests/operators/replaced.h \
	tests/lib.sh \
	tests/manual-complete.py \
	tests/outside.sh

# On real DAX memory, in an emulated machine: DAX_VM is the tool that runs it,
# DAX_LENGTH=short the length that CI has time for.
EXTRA_DIST += \
	tests/dax-guest.sh \
	tests/dax.sh

check-dax:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/dax.sh
.PHONY: check-dax

# More combinations than make check tests: file systems, versions of the
# backends, other preloaded libraries.
check-wide:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(WIDE_TESTS)'
# Each program once, with the native backend on tmpfs.
SHORT_TESTS = $(unit_programs) $(native_matrix) $(script_tests)
# The unit tests, and native on tmpfs in fork mode 1: for every change.
QUICK_TESTS = $(unit_programs) \
	$(foreach test,$(filter tests/preload/%,$(native_matrix)), \
		$(if $(findstring -mode,$(test)),,$(test)))
check-quick:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(QUICK_TESTS)'
check-short:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(SHORT_TESTS)'
.PHONY: check-quick check-short check-wide

# Tests of minutes, which can run for days: not a part of make check.
check-long:
	VMM_TEST_LONG=1 $(MAKE) $(AM_MAKEFLAGS) check \
		TESTS=tests/unit/extent-history
.PHONY: check-long

# The examples, built with the installed files. distcheck runs it as well.
installcheck-local:
	@TEST_SRCDIR='$(abs_top_srcdir)' TEST_CC='$(CC)' \
	TEST_BINDIR='$(DESTDIR)$(bindir)' \
	TEST_PKGCONFIGDIR='$(DESTDIR)$(pkgconfigdir)' \
	$(SHELL) $(srcdir)/tests/outside.sh || test $$? = 77

.PHONY: installcheck-local
