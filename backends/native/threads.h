/* SPDX-License-Identifier: BSD-3-Clause */
/* Which thread has which cache. Thread-safe. */
#ifndef NAT_THREADS_H
#define NAT_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nat_cache;
struct vmmalloc_host;

size_t nat_threads_memory(void);
void nat_threads_init(const struct vmmalloc_host *host);

/*
 * The calling thread's cache; NULL if it cannot have one, because it is about
 * to end or there is no memory.
 */
struct nat_cache *nat_threads_cache(void);

/*
 * The backend's thread_exit. Parks the cache as it is, for the next thread of
 * its arena; if many caches are parked already, empties and recycles it.
 */
void nat_threads_exit(void *cache);

/* Empties and recycles the parked caches. */
void nat_threads_flush(void);

/*
 * For a thread whose cache has just been emptied. Ages its arena and some
 * others, each if that was last done at least age_ms ago, and recycles the
 * caches that are parked there. Then moves the cache to an arena with fewer
 * threads if there is one.
 */
void nat_threads_age(
	struct nat_cache *cache, uint64_t now_ms, unsigned int age_ms);

/*
 * Called around fork. In the child, the caches of threads that no longer exist
 * are abandoned: the blocks in them stay allocated.
 */
void nat_threads_lock(void);
void nat_threads_unlock(void);
void nat_threads_unlock_child(void);

#endif /* NAT_THREADS_H */
