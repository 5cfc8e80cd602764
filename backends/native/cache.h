/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The cache of a thread: for each size class a stack of pointers to free
 * blocks, so that the common malloc and free touch nothing else. A freed block
 * goes onto the stack that its page's tag names. Blocks of the thread's own
 * arena are there to be allocated again; those of other arenas are collected in
 * a batch and handed over, so that no two threads write to one cache line for
 * long.
 *
 * What is in a cache is returned ten times a second, so that cached blocks do
 * not hold slabs that are empty but for them.
 */
#ifndef NAT_CACHE_H
#define NAT_CACHE_H

#include "backends/native/size_class.h"
#include "backends/native/stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAT_TINY_STEPS (NAT_TINY_MAX / NAT_ALIGNMENT + 1)
#define NAT_REMOTE_MAX 64u

struct nat_arena;
struct nat_mid;

struct nat_cache {
	/*
	 * How far behind stacks the stack for sizes up to 16 times the index
	 * is, in units of eight bytes.
	 */
	uint16_t stack_of[NAT_TINY_STEPS];
	uint16_t n_remote;
	uint16_t remote[NAT_REMOTE_MAX]; /* tags of other arenas, in use */
	unsigned int slow_calls;
	unsigned int mid_calls; /* until it is looked whether to empty it */
	uint64_t epoch_ms;	/* when the cache was last emptied */
	uint64_t tick_ms;	/* when the core last heard of the thread */
	struct nat_arena *arena;
	struct nat_mid *mid;	/* the arena's; NULL: no thread can have it */
	unsigned int tag;	/* of class 0 in the arena */
	struct nat_stack *own;	/* of class 0 in the arena */
	struct nat_cache *next; /* while no thread has it */

	/*
	 * By tag. Those of other arenas that are not in use, and those of tags
	 * that are no size class, are always full and always empty: their
	 * pages lead to the slow path by themselves. No stack is in two cache
	 * lines.
	 */
	struct nat_stack stacks[] __attribute__((aligned(64)));
};
_Static_assert(64 % sizeof(struct nat_stack) == 0, "in one cache line");

/*
 * The stacks of the calling thread's cache; of one that is always full and
 * empty until there is one. The cache itself lies before them, so that free
 * needs no offsets and fits into a cache line.
 */
extern _Thread_local struct nat_stack *nat_stacks VMM_MODULE_TLS
	__attribute__((visibility("hidden")));

static inline struct nat_cache *
nat_cache_current(void)
{
	return (struct nat_cache *)(void *)((char *)nat_stacks -
		offsetof(struct nat_cache, stacks));
}

struct vmmalloc_host;

void nat_cache_init(const struct vmmalloc_host *host);

/*
 * A block of a class, where the thread's stack for it is empty or the thread
 * has no cache yet. NULL with ENOMEM.
 */
void *nat_cache_refill(unsigned int class);

/* Keeps a block of a tag where its stack is full or there is no cache. */
void nat_cache_overflow(unsigned int tag, void *block);

/*
 * Looks whether it is time to empty the cache: for calls that pass it by, for
 * a block of this size.
 */
void nat_cache_tick(size_t size);

/*
 * Whether the calling thread freed the block and still has it, among those of
 * the tag that it freed last.
 */
bool nat_cache_has(const void *block, unsigned int tag);

/* Returns all blocks in a cache that no other thread has to their arenas. */
void nat_cache_empty(struct nat_cache *cache);

/*
 * The same for the calling thread's cache and those that no thread has; and all
 * slabs without blocks go back to the core. True where any was.
 */
bool nat_cache_flush(void);

/* Bytes of blocks in the calling thread's cache. */
size_t nat_cache_bytes(void);

#endif /* NAT_CACHE_H */
