# SPDX-License-Identifier: BSD-3-Clause
# The core, as a convenience library: the unit tests link it without the
# exported malloc family. libcore_debug is the same for the debug variant.
noinst_LTLIBRARIES += \
	libcore.la \
	libcore_debug.la
libcore_la_SOURCES = \
	$(os_sources) \
	core/ahead.c \
	core/ahead.h \
	core/api.c \
	core/background.c \
	core/background.h \
	core/bootstrap.c \
	core/bootstrap.h \
	core/commit.c \
	core/commit.h \
	core/control.c \
	core/control.h \
	core/copy.c \
	core/copy.h \
	core/create.c \
	core/create.h \
	core/defer.h \
	core/env.c \
	core/env.h \
	core/env_vars.h \
	core/foreign.c \
	core/foreign.h \
	core/fork.c \
	core/fork.h \
	core/host.c \
	core/host.h \
	core/huge.c \
	core/idle.c \
	core/huge.h \
	core/idle.h \
	core/init.c \
	core/init.h \
	core/next.c \
	core/next.h \
	core/ops.h \
	core/output.c \
	core/output.h \
	core/page.c \
	core/page.h \
	core/pages.c \
	core/pages.h \
	core/parts.c \
	core/parts.h \
	core/past.c \
	core/plugin.c \
	core/plugin.h \
	core/plugin_table.c \
	core/plugin_table.h \
	core/policy.c \
	core/policy.h \
	core/pool.c \
	core/pool.h \
	core/populate.c \
	core/populate.h \
	core/profile.c \
	core/profile.h \
	core/profile_file.c \
	core/profile_file.h \
	core/room.c \
	core/room.h \
	core/samples.c \
	core/samples.h \
	core/sanitizer.c \
	core/sanitizer.h \
	core/sharers.c \
	core/sharers.h \
	core/stacks.c \
	core/stacks.h \
	core/stats.c \
	core/stats.h \
	core/stripes.c \
	core/stripes.h \
	core/unused.c \
	core/unused.h
core_cppflags = $(AM_CPPFLAGS) \
	-DVMM_DEFAULT_BACKEND='"$(DEFAULT_BACKEND)"'
libcore_la_CPPFLAGS = $(core_cppflags) \
	-DVMM_BACKEND_DIR='"$(backenddir)"'
libcore_la_CFLAGS = $(AM_CFLAGS) $(VMM_LEAN_CFLAGS) \
	-fvisibility=hidden -fno-builtin

libcore_debug_la_SOURCES = \
	$(libcore_la_SOURCES) \
	core/trace.c
# The debug build of a backend, if it has one, is next to the debug variant.
libcore_debug_la_CPPFLAGS = $(core_cppflags) \
	-DVMM_BACKEND_DIR='"$(debuglibdir):$(backenddir)"' \
	-DVMM_DEBUG
libcore_debug_la_CFLAGS = $(libcore_la_CFLAGS)

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = core/libvmmalloc.pc
