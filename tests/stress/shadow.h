/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which bytes of the pool belong to a block, as the program sees it: a bit for
 * every 8. A heap that hands out the same bytes twice, or bytes outside of the
 * pool, ends the process. Thread-safe, without locks, so that it adds no order
 * to what threads do.
 */
#ifndef SHADOW_H
#define SHADOW_H

#include <stddef.h>

/* For a pool of size bytes at base. */
void shadow_init(void *base, size_t size);

/* A block was handed out; it takes at least one byte. */
void shadow_claim(const void *block, size_t size);

/* A block is about to be freed. */
void shadow_release(const void *block, size_t size);

#endif /* SHADOW_H */
