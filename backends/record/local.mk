# SPDX-License-Identifier: BSD-3-Clause
# The recorder has a directory of its own: it is for vmmalloc record, which finds
# it there, and not a backend to choose.
recorddir = $(backenddir)/record
if WITH_ZSTD
record_LTLIBRARIES = backends/record/record.la
endif
backends_record_record_la_SOURCES = \
	backends/record/calls.c \
	backends/record/file.c \
	backends/record/file.h \
	backends/record/lane.c \
	backends/record/lane.h \
	backends/record/modules.c \
	backends/record/modules.h \
	backends/record/record.c \
	backends/record/record.h \
	backends/record/sample.c \
	backends/record/stack.c \
	backends/record/stack.h \
	backends/record/stack_table.c \
	backends/record/stack_table.h \
	base/format.c \
	base/format.h \
	base/linux_sys.h \
	base/poisson.c \
	base/poisson.h \
	base/seal.h \
	base/trace_format.h \
	base/unwind.c \
	base/unwind.h
backends_record_record_la_CPPFLAGS = $(AM_CPPFLAGS) $(ZSTD_CFLAGS)
backends_record_record_la_CFLAGS = $(AM_CFLAGS) $(BACKEND_FLAGS)
backends_record_record_la_LDFLAGS = $(BACKEND_LDFLAGS)
backends_record_record_la_LIBADD = $(ZSTD_LIBS)
