# SPDX-License-Identifier: BSD-3-Clause
include_HEADERS = \
	include/libvmmalloc.h

pkginclude_vmmallocdir = $(includedir)/vmmalloc
pkginclude_vmmalloc_HEADERS = \
	include/vmmalloc/backend.h \
	include/vmmalloc/page.h
