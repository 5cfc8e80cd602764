# SPDX-License-Identifier: BSD-3-Clause
lib_LTLIBRARIES += libvmmalloc.la
libvmmalloc_la_SOURCES = \
	interpose/export.h \
	interpose/fork.c \
	interpose/malloc.c
libvmmalloc_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -fno-builtin
libvmmalloc_la_LIBADD = libcore.la
# nodelete: code that the program may still call must never go away.
libvmmalloc_la_LDFLAGS = \
	-version-info $(VMM_VERSION_INFO) \
	-Wl,-z,defs \
	-Wl,-z,nodelete \
	-Wl,-z,now \
	-Wl,-z,relro
