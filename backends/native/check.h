/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of what a program passes for a block to realloc, malloc_usable_size
 * and free_sized, and in one of many calls to free, which has cheaper ones for
 * the others. Each ends the process if it finds a misuse. Thread-safe.
 */
#ifndef NAT_CHECK_H
#define NAT_CHECK_H

#include <stddef.h>

/* The pointer of a realloc; returns the block's size. */
size_t nat_check_realloc(void *ptr);

/* The pointer of a free, in a page with the tag of a small class. */
void nat_check_free(const void *ptr, unsigned int tag);

/* The pointer of a malloc_usable_size; returns the block's size. */
size_t nat_check_usable(void *ptr);

/*
 * A block and the size that was asked for, according to the program. A size
 * that is too small cannot be told from that of an aligned block, which may be
 * much larger than what was asked for.
 */
void nat_check_size(void *ptr, size_t size);

#endif /* NAT_CHECK_H */
