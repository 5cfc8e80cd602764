# SPDX-License-Identifier: BSD-3-Clause
# What every backend is linked with: a module without version or static twin.
BACKEND_LDFLAGS = \
	-avoid-version \
	-module \
	-shared \
	-Wl,-z,nodelete \
	-Wl,-z,now \
	-Wl,-z,relro
BACKEND_FLAGS = -fvisibility=hidden -fno-builtin

# What adapters to an allocator library share.
ADAPTER_SOURCES = \
	backends/library.c \
	backends/library.h

include backends/native/local.mk
include backends/jemalloc/local.mk
include backends/tcmalloc/local.mk
