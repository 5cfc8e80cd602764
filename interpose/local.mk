# SPDX-License-Identifier: BSD-3-Clause
# The library, in its release variant and in the debug variant, which has the
# same soname in a folder of its own.
lib_LTLIBRARIES += libvmmalloc.la
libvmmalloc_la_SOURCES = \
	interpose/atfork.c \
	interpose/dlopen.c \
	interpose/export.h \
	interpose/fork.c \
	interpose/info.c \
	interpose/malloc.c \
	interpose/new.c \
	interpose/thread.c
libvmmalloc_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -fno-builtin
libvmmalloc_la_LIBADD = libcore.la
# nodelete: code that the program may still call must never go away.
libvmmalloc_la_LDFLAGS = \
	-version-info $(VMM_VERSION_INFO) \
	-Wl,-z,defs \
	-Wl,-z,nodelete \
	-Wl,-z,now \
	-Wl,-z,relro

debuglib_LTLIBRARIES += debug/libvmmalloc.la
debug_libvmmalloc_la_SOURCES = $(libvmmalloc_la_SOURCES)
debug_libvmmalloc_la_CPPFLAGS = $(AM_CPPFLAGS) -DVMM_DEBUG
debug_libvmmalloc_la_CFLAGS = $(libvmmalloc_la_CFLAGS)
debug_libvmmalloc_la_LIBADD = libcore_debug.la
debug_libvmmalloc_la_LDFLAGS = $(libvmmalloc_la_LDFLAGS)
