# SPDX-License-Identifier: BSD-3-Clause
EXTRA_DIST += backends/jemalloc/vmmalloc-jemalloc.7

if WITH_JEMALLOC
dist_man_MANS += backends/jemalloc/vmmalloc-jemalloc.7
backend_LTLIBRARIES += backends/jemalloc.la
backends_jemalloc_la_SOURCES = \
	$(ADAPTER_SOURCES) \
	backends/jemalloc/arenas.c \
	backends/jemalloc/calloc.c \
	backends/jemalloc/ctl.c \
	backends/jemalloc/hooks.c \
	backends/jemalloc/internal.h \
	backends/jemalloc/jemalloc.c \
	backends/jemalloc/symbols.c \
	backends/jemalloc/tcaches.c
backends_jemalloc_la_CPPFLAGS = $(AM_CPPFLAGS) $(JEMALLOC_CPPFLAGS)
backends_jemalloc_la_CFLAGS = $(AM_CFLAGS) $(BACKEND_FLAGS)
backends_jemalloc_la_LDFLAGS = $(BACKEND_LDFLAGS)
backends_jemalloc_la_LIBADD = $(JEMALLOC_LIBS)
endif
