# SPDX-License-Identifier: BSD-3-Clause
dist_man_MANS += \
	doc/libvmmalloc.3 \
	doc/libvmmalloc.7 \
	doc/vmmalloc-backend.3 \
	doc/vmmalloc.1
EXTRA_DIST += \
	doc/measurements.md \
	doc/writing-a-backend.md
