# SPDX-License-Identifier: BSD-3-Clause
# Linker flags of every backend: a module without a version or static library.
BACKEND_LDFLAGS = \
	-avoid-version \
	-module \
	-shared \
	-Wl,-z,nodelete \
	-Wl,-z,now \
	-Wl,-z,relro
BACKEND_FLAGS = -fvisibility=hidden -fno-builtin

# Shared by all adapters of an allocator library.
ADAPTER_SOURCES = \
	backends/library.c \
	backends/library.h

include backends/native/local.mk
include backends/jemalloc/local.mk
include backends/record/local.mk
include backends/tcmalloc/local.mk
