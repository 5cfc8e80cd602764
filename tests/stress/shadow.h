/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which bytes of the pool belong to a block, from the program's view: one bit
 * per 8 bytes. A heap that hands out the same bytes twice, or bytes outside the
 * pool, ends the process. Thread-safe without locks, so that it does not order
 * the threads.
 */
#ifndef SHADOW_H
#define SHADOW_H

#include <stddef.h>

/* For a pool of size bytes at base. */
void shadow_init(void *base, size_t size);

/* Call it when a block was handed out; it takes at least one byte. */
void shadow_claim(const void *block, size_t size);

/* Call it just before a block is freed. */
void shadow_release(const void *block, size_t size);

#endif /* SHADOW_H */
