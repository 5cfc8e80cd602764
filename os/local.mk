# SPDX-License-Identifier: BSD-3-Clause
# The platform, and base/, which depends on nothing; parts of libcore.
os_sources = \
	base/bitmap.h \
	base/checked.h \
	base/extent.c \
	base/extent.h \
	base/format.c \
	base/format.h \
	base/json.c \
	base/json.h \
	base/linux_sys.h \
	base/log.c \
	base/log.h \
	base/parse.c \
	base/parse.h \
	base/place.c \
	base/place.h \
	base/seal.h \
	base/visible.h \
	os/atfork.c \
	os/atfork.h \
	os/attributes.h \
	os/file.h \
	os/files.c \
	os/files.h \
	os/futex.h \
	os/linux_apart.c \
	os/linux_attributes.c \
	os/linux_file.c \
	os/linux_futex.c \
	os/linux_memory.c \
	os/linux_output.c \
	os/linux_policy.c \
	os/linux_process.c \
	os/linux_streams.c \
	os/lock.c \
	os/lock.h \
	os/memory.h \
	os/output.h \
	os/policy.h \
	os/process.h \
	os/sealed.h \
	os/thread.c \
	os/thread.h \
	os/tls_room.c
