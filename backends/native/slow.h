/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slow paths of malloc and free: what they do when the cache of the thread
 * cannot serve them, and what has to be done from time to time. Thread-safe.
 */
#ifndef NAT_SLOW_H
#define NAT_SLOW_H

#include <stdbool.h>
#include <stddef.h>

struct nat_cache;
struct vmmalloc_host;

void nat_slow_init(const struct vmmalloc_host *host);

/*
 * Returns a block of a class, for a thread whose stack for it is empty or that
 * has no cache. NULL with ENOMEM.
 */
void *nat_slow_refill(unsigned int cls);

/*
 * The slow path of free for a small block: its stack is full or not in use, the
 * pointer looks wrong, or the thread has no cache.
 */
void nat_slow_overflow(unsigned int tag, void *block);

/*
 * Empties the cache if it is old enough. For allocations of this size, which
 * bypass the cache.
 */
void nat_slow_tick(size_t size);

/*
 * Empties the cache if it is old enough. For a thread whose calls its cache
 * serves, from time to time. Keeps errno.
 */
void nat_slow_look(struct nat_cache *cache);

/*
 * Empties the calling thread's cache and those that no thread has, and returns
 * all empty slabs and free medium extents to the core. True if there were any.
 */
bool nat_slow_flush(void);

#endif /* NAT_SLOW_H */
