# SPDX-License-Identifier: BSD-3-Clause
# The platform, and the small things that stand on nothing; parts of libcore.
os_sources = \
	base/bitmap.h \
	base/checked.h \
	base/format.c \
	base/format.h \
	base/seal.h \
	os/attributes.h \
	os/file.h \
	os/futex.h \
	os/linux_attributes.c \
	os/linux_file.c \
	os/linux_futex.c \
	os/linux_libc.h \
	os/linux_memory.c \
	os/linux_output.c \
	os/linux_process.c \
	os/linux_streams.c \
	os/linux_sys.h \
	os/memory.h \
	os/output.h \
	os/process.h \
	os/tls_room.c
