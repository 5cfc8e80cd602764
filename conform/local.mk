# SPDX-License-Identifier: BSD-3-Clause
# The conformance set for backends, part of the vmmalloc command.
noinst_LTLIBRARIES += libconform.la
libconform_la_SOURCES = \
	conform/blocks.c \
	conform/conform.c \
	conform/conform.h \
	conform/edges.c \
	conform/exhaust.c \
	conform/forks.c \
	conform/pattern.h \
	conform/threads.c
# -fno-builtin: the compiler must not optimise allocations away.
libconform_la_CFLAGS = $(AM_CFLAGS) -fno-builtin -pthread
