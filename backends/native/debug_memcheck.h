/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Under valgrind's memcheck the debug build leaves it to memcheck to watch
 * memory, and only says which of it is a block. Each function does nothing, at
 * no cost worth mentioning, in a process that does not run under memcheck.
 */
#ifndef NAT_DEBUG_MEMCHECK_H
#define NAT_DEBUG_MEMCHECK_H

#include <stdbool.h>
#include <stddef.h>

/* Asks once whether the process runs under memcheck. */
void nat_memcheck_init(void);

bool nat_memcheck_is_on(void);

/* [start, start + total) is the heap's; in it a new block of size bytes. */
void nat_memcheck_take(
	void *start, size_t total, void *block, size_t size, size_t before);

/* The block is freed; nobody may touch it. */
void nat_memcheck_free(void *block, size_t before);

/* The block stays where it is and gets another size. */
void nat_memcheck_resize(
	void *block, size_t old_size, size_t size, size_t before);

#endif /* NAT_DEBUG_MEMCHECK_H */
