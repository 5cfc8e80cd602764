# SPDX-License-Identifier: BSD-3-Clause
dist_man_MANS += \
	doc/libvmmalloc.3 \
	doc/libvmmalloc.7 \
	doc/vmmalloc-backend.3 \
	doc/vmmalloc-backends.1 \
	doc/vmmalloc-compare.1 \
	doc/vmmalloc-run.1 \
	doc/vmmalloc.1
EXTRA_DIST += \
	doc/architecture.md \
	doc/architecture.svg \
	doc/choosing-a-backend.md \
	doc/measurements.md \
	doc/migrating-from-pmdk.md \
	doc/performance.md \
	doc/performance-all.svg \
	doc/performance.svg \
	doc/portability.md \
	doc/recipes.md \
	doc/writing-a-backend.md
