# SPDX-License-Identifier: BSD-3-Clause
backend_LTLIBRARIES += backends/native.la
dist_man_MANS += backends/native/vmmalloc-native.7
backends_native_la_SOURCES = \
	backends/native/arena.c \
	backends/native/arena.h \
	backends/native/bin.c \
	backends/native/bin.h \
	backends/native/bin_pages.c \
	backends/native/cache.c \
	backends/native/cache.h \
	backends/native/check.c \
	backends/native/check.h \
	backends/native/clock.c \
	backends/native/clock.h \
	backends/native/debug.h \
	backends/native/extent.c \
	backends/native/extent.h \
	backends/native/fatal.c \
	backends/native/fatal.h \
	backends/native/heap.c \
	backends/native/heap.h \
	backends/native/large.c \
	backends/native/large.h \
	backends/native/map.c \
	backends/native/map.h \
	backends/native/meta.c \
	backends/native/meta.h \
	backends/native/mid.c \
	backends/native/mid.h \
	backends/native/native.c \
	backends/native/shape.c \
	backends/native/shape.h \
	backends/native/size_class.h \
	backends/native/slab.c \
	backends/native/slab.h \
	backends/native/slab_blocks.c \
	backends/native/slab_pages.c \
	backends/native/slow.c \
	backends/native/slow.h \
	backends/native/spares.c \
	backends/native/spares.h \
	backends/native/stack.c \
	backends/native/stack.h \
	backends/native/threads.c \
	backends/native/threads.h
backends_native_la_CFLAGS = $(AM_CFLAGS) $(VMM_LEAN_CFLAGS) $(BACKEND_FLAGS)
backends_native_la_LDFLAGS = $(BACKEND_LDFLAGS) $(VMM_LEAN_LDFLAGS)

# The debug variant of the library loads this one instead, from its own
# directory: the same heap under a layer that detects misuse.
debuglib_LTLIBRARIES += debug/native.la
debug_native_la_SOURCES = \
	$(backends_native_la_SOURCES) \
	backends/native/debug.c \
	backends/native/debug_guard.c \
	backends/native/debug_guard.h \
	backends/native/debug_memcheck.c \
	backends/native/debug_memcheck.h \
	backends/native/debug_quarantine.c \
	backends/native/debug_quarantine.h \
	backends/native/debug_record.c \
	backends/native/debug_record.h \
	backends/native/debug_redzone.c \
	backends/native/debug_redzone.h \
	backends/native/debug_report.c \
	backends/native/debug_report.h
debug_native_la_CPPFLAGS = $(AM_CPPFLAGS) -DVMM_DEBUG
debug_native_la_CFLAGS = $(AM_CFLAGS) $(VMM_LEAN_CFLAGS) $(BACKEND_FLAGS)
debug_native_la_LDFLAGS = $(backends_native_la_LDFLAGS)
# for helgrind and drd
dist_debuglib_DATA = backends/native/valgrind.supp
