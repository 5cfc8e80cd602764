# SPDX-License-Identifier: BSD-3-Clause
backend_LTLIBRARIES += backends/native.la
backends_native_la_SOURCES = \
	backends/native/native.c
backends_native_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -fno-builtin
backends_native_la_LDFLAGS = $(BACKEND_LDFLAGS)

# What every backend is linked with: a module without version or static twin.
BACKEND_LDFLAGS = \
	-avoid-version \
	-module \
	-shared \
	-Wl,-z,nodelete \
	-Wl,-z,now \
	-Wl,-z,relro
