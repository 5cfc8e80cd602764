/* SPDX-License-Identifier: BSD-3-Clause */
/* Which thread has which cache. Thread-safe. */
#ifndef NAT_THREADS_H
#define NAT_THREADS_H

#include <stdbool.h>
#include <stdint.h>

struct nat_cache;
struct vmmalloc_host;

void nat_threads_init(const struct vmmalloc_host *host);

/*
 * The calling thread's cache; NULL where it cannot have one, because it is
 * about to end or there is no memory.
 */
struct nat_cache *nat_threads_cache(void);

/*
 * The backend's thread_exit: the next thread can have the cache as it is; where
 * many wait for one it is emptied and recycled.
 */
void nat_threads_exit(void *cache);

/* Empties the caches that wait for a thread. */
void nat_threads_flush(void);

/*
 * For a thread whose cache has just been emptied, and is of that age or older:
 * ages its arena and some others, by their own clocks, together with the caches
 * that wait there for a thread; and moves the cache to an arena with fewer
 * threads if there is one.
 */
void nat_threads_age(
	struct nat_cache *cache, uint64_t now_ms, unsigned int age_ms);

/*
 * Around fork. In the child the caches of the threads that are gone are
 * forgotten: what was in them stays allocated.
 */
void nat_threads_lock(void);
void nat_threads_unlock(void);
void nat_threads_unlock_child(void);

#endif /* NAT_THREADS_H */
