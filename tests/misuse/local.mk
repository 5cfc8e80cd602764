# SPDX-License-Identifier: BSD-3-Clause
# Programs that misuse the heap, for native and its debug build.
misuse_programs = \
	tests/misuse/double-free \
	tests/misuse/double-free-between \
	tests/misuse/double-free-empty \
	tests/misuse/double-free-handler \
	tests/misuse/double-free-large \
	tests/misuse/double-free-later \
	tests/misuse/double-free-slab \
	tests/misuse/double-free-thread \
	tests/misuse/free-inside-aligned \
	tests/misuse/free-inside-large \
	tests/misuse/free-inside-small \
	tests/misuse/free-sized-small \
	tests/misuse/free-sized-wrong \
	tests/misuse/free-unaligned-large \
	tests/misuse/free-unaligned-small \
	tests/misuse/free-unused-page \
	tests/misuse/free-unused-small \
	tests/misuse/overflow \
	tests/misuse/overflow-far \
	tests/misuse/overflow-realloc \
	tests/misuse/read-after-free \
	tests/misuse/read-before \
	tests/misuse/read-behind \
	tests/misuse/read-behind-small \
	tests/misuse/read-empty \
	tests/misuse/realloc-freed \
	tests/misuse/realloc-freed-flushed \
	tests/misuse/realloc-freed-in-place \
	tests/misuse/realloc-freed-large \
	tests/misuse/realloc-freed-later \
	tests/misuse/realloc-inside \
	tests/misuse/realloc-inside-small \
	tests/misuse/underflow \
	tests/misuse/underflow-far \
	tests/misuse/usable-freed \
	tests/misuse/usable-inside-large \
	tests/misuse/write-after-free \
	tests/misuse/write-after-free-exit \
	tests/misuse/write-empty
check_PROGRAMS += $(misuse_programs)
EXTRA_DIST += \
	tests/misuse/expected \
	tests/misuse/misuse.h
