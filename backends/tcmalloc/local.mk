# SPDX-License-Identifier: BSD-3-Clause
EXTRA_DIST += backends/tcmalloc/vmmalloc-tcmalloc.7

if WITH_TCMALLOC
dist_man_MANS += backends/tcmalloc/vmmalloc-tcmalloc.7
backend_LTLIBRARIES += backends/tcmalloc.la
backends_tcmalloc_la_SOURCES = \
	$(ADAPTER_SOURCES) \
	backends/tcmalloc/internal.h \
	backends/tcmalloc/messages.cc \
	backends/tcmalloc/metadata.c \
	backends/tcmalloc/place.cc \
	backends/tcmalloc/tcmalloc.c \
	backends/tcmalloc/tcmalloc_sys.cc
backends_tcmalloc_la_CPPFLAGS = $(AM_CPPFLAGS) $(TCMALLOC_CPPFLAGS)
backends_tcmalloc_la_CFLAGS = $(AM_CFLAGS) $(BACKEND_FLAGS)
# It uses nothing that needs a C++ run-time library.
backends_tcmalloc_la_CXXFLAGS = $(AM_CXXFLAGS) $(BACKEND_FLAGS) \
	-fno-exceptions
backends_tcmalloc_la_LDFLAGS = $(BACKEND_LDFLAGS)
backends_tcmalloc_la_LIBADD = $(TCMALLOC_LIBS)
endif
