# SPDX-License-Identifier: BSD-3-Clause
dist_man_MANS += \
	doc/libvmmalloc.3 \
	doc/libvmmalloc.7 \
	doc/vmmalloc-backend.3
tool_pages = \
	doc/vmmalloc-backends.1 \
	doc/vmmalloc-compare.1 \
	doc/vmmalloc-ctl.1 \
	doc/vmmalloc-doctor.1 \
	doc/vmmalloc-page.5 \
	doc/vmmalloc-profile.1 \
	doc/vmmalloc-record.1 \
	doc/vmmalloc-replay.1 \
	doc/vmmalloc-run.1 \
	doc/vmmalloc-stat.1 \
	doc/vmmalloc-top.1 \
	doc/vmmalloc-trace.1 \
	doc/vmmalloc-trace.5 \
	doc/vmmalloc.1
if WITH_TOOLS
man_MANS = $(tool_pages)
endif
EXTRA_DIST += \
	$(tool_pages) \
	doc/architecture.md \
	doc/architecture.svg \
	doc/choosing-a-backend.md \
	doc/comparison.svg \
	doc/compatibility.md \
	doc/conformance.md \
	doc/gallery.md \
	doc/getting-started.md \
	doc/measurements.md \
	doc/migrating-from-pmdk.md \
	doc/performance.md \
	doc/portability.md \
	doc/recipes.md \
	doc/reliability.md \
	doc/troubleshooting.md \
	doc/tuning.md \
	doc/writing-a-backend.md
