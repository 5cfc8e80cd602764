/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions of the programs that misuse the heap, each in one way. A program
 * that is not stopped prints how far it came; tests/misuse/expected lists what
 * should end each, and when.
 */
#ifndef MISUSE_H
#define MISUSE_H

#include "tests/preload/platform.h"
#include "tests/preload/test.h"

/* Returns the same pointer, about which the compiler knows nothing. */
static inline void *
misuse_hide(void *p)
{
	void *volatile same = p;

	return same;
}

/* Returns a block that is filled. */
static inline char *
misuse_block(size_t size)
{
	char *p = misuse_hide(malloc(size));

	CHECK(p != NULL);
	memset(p, 1, size);
	return p;
}

/*
 * A filled block of the size that is not between guard pages: the page before
 * its own can be read. In the debug build the first blocks are guarded.
 */
static inline char *
misuse_unguarded(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p;

	do
		p = misuse_block(size);
	while (access(p - (uintptr_t)p % page - 1, F_OK) != 0 &&
		errno == EFAULT);
	return p;
}

/* Reads one byte. */
static inline char
misuse_read(const char *p)
{
	return *(const volatile char *)p;
}

/* Reports that the misuse was not detected. */
static inline void
misuse_passed(void)
{
	CHECK(write(STDOUT_FILENO, "passed\n", 7) == 7);
}

/*
 * Also reports that the thread's freed blocks went back to the heap undetected.
 */
static inline int
misuse_end(void)
{
	misuse_passed();
	malloc_trim(0);
	CHECK(write(STDOUT_FILENO, "flushed\n", 8) == 8);
	return 0;
}

#endif /* MISUSE_H */
