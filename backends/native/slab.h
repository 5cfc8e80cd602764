/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slabs: extents cut into blocks of one size class, with a bit a block in a
 * record outside the pool. An arena holds the slabs of the threads assigned to
 * it, in one bin a class, each under its own lock. Threads come here only to
 * move batches between a slab and their caches.
 */
#ifndef NAT_SLAB_H
#define NAT_SLAB_H

#include "backends/native/size_class.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmmalloc_host;
struct nat_arena;

/* Makes the arenas; page_size as the host's. 0, or -1 with ENOMEM. */
int nat_slab_init(const struct vmmalloc_host *host);

/* The arena with the fewest threads, which from now on has one more. */
struct nat_arena *nat_arena_join(void);
void nat_arena_leave(struct nat_arena *arena);

/* In a forked child: only the calling thread is left; arena is its, or NULL. */
void nat_arena_leave_all(struct nat_arena *arena);

/* The arena for threads that have none. */
struct nat_arena *nat_arena_first(void);

/*
 * Takes up to n blocks of a class from the arena and stores them in blocks[],
 * those with lower addresses, and older slabs, last. Returns how many: fewer
 * only where the pool is exhausted, and then at least one or 0.
 */
size_t nat_slab_take(
	struct nat_arena *arena, unsigned int class, void **blocks, size_t n);

/*
 * Returns n blocks of a class, of any arenas. A block that is free already, or
 * that is no block at all, ends the process.
 */
void nat_slab_put(unsigned int class, void *const *blocks, size_t n);

/* Gives all slabs without blocks back to the core; true where any was. */
bool nat_slab_trim(void);

/* Ends the process: the heap is broken. what is "free" or the like. */
_Noreturn void nat_slab_fatal(const char *what, const void *ptr);

/* Around fork. */
void nat_slab_lock(void);
void nat_slab_unlock(void);

/* Bytes of blocks that are not in a slab: the program's, and cached ones. */
size_t nat_slab_bytes(size_t *active);

#endif /* NAT_SLAB_H */
