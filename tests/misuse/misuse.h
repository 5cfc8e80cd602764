/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the programs share that misuse the heap, each in one way. Those that get
 * away with it say how far they came; tests/misuse/expected has what should
 * end them, and when.
 */
#ifndef MISUSE_H
#define MISUSE_H

#include "tests/preload/platform.h"
#include "test.h"

/* The same pointer, as one that the compiler knows nothing about. */
static inline void *
misuse_hide(void *p)
{
	void *volatile same = p;

	return same;
}

/* A block that the program fills. */
static inline char *
misuse_block(size_t size)
{
	char *p = misuse_hide(malloc(size));

	CHECK(p != NULL);
	memset(p, 1, size);
	return p;
}

/* The misuse is over. */
static inline void
misuse_passed(void)
{
	CHECK(write(STDOUT_FILENO, "passed\n", 7) == 7);
}

/* And what the thread had freed has gone back to the heap. */
static inline int
misuse_end(void)
{
	misuse_passed();
	malloc_trim(0);
	CHECK(write(STDOUT_FILENO, "flushed\n", 8) == 8);
	return 0;
}

#endif /* MISUSE_H */
