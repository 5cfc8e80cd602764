/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Under valgrind's memcheck the debug build leaves the checks to memcheck, and
 * only tells it which memory is a block. In a process that does not run under
 * memcheck these functions do nothing, at negligible cost.
 */
#ifndef NAT_DEBUG_MEMCHECK_H
#define NAT_DEBUG_MEMCHECK_H

#include <stdbool.h>
#include <stddef.h>

/* Asks once whether the process runs under memcheck. */
void nat_memcheck_init(void);

bool nat_memcheck_is_on(void);

/*
 * [start, start + total) belongs to the heap. It contains a new block of size
 * bytes, with a redzone of `before` bytes in front of it.
 */
void nat_memcheck_alloc(
	void *start, size_t total, void *block, size_t size, size_t before);

/* The block is freed; it must not be accessed. */
void nat_memcheck_free(void *block, size_t before);

/* The block is resized in place. */
void nat_memcheck_resize(
	void *block, size_t old_size, size_t size, size_t before);

/*
 * For helgrind and drd: the bytes become part of a block of the calling thread.
 * Uses by other threads before, as part of other blocks, are no race.
 */
void nat_memcheck_hand_over(void *start, size_t size);

#endif /* NAT_DEBUG_MEMCHECK_H */
