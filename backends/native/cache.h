/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The cache of a thread has a stack of pointers to free blocks for each size
 * class, so that the common malloc and free touch nothing else. A freed block
 * goes onto the stack that its page's tag selects. Blocks of the thread's own
 * arena can be allocated again from there. Blocks of other arenas are collected
 * in a batch that is handed over to their arena, so that no two threads write
 * to the same cache line for long.
 *
 * The cache of a busy thread is emptied ten times a second, so that cached
 * blocks do not keep slabs in use that are otherwise empty.
 */
#ifndef NAT_CACHE_H
#define NAT_CACHE_H

#include "backends/native/arena.h"
#include "backends/native/map.h"
#include "backends/native/size_class.h"
#include "backends/native/stack.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAT_TINY_STEPS (NAT_TINY_MAX / NAT_ALIGNMENT + 1)
#define NAT_REMOTE_MAX 64u

/* The first value of looks_at, and by which stacks are armed in a slow call. */
#define NAT_LOOKS_AT_FIRST 4u

/*
 * A cache that serves all calls is looked at after this many frees, which
 * doubles with each look until the cache is emptied: a program that becomes
 * idle and makes a call now and then returns memory soon, and one that is busy
 * hardly notices. In entries of a stack; eight frees count as one (stack.h).
 */
#define NAT_LOOKS_AT_MAX 32u

struct nat_mid;

struct nat_cache {
	/* The stack for sizes of up to 16 times the index. */
	struct nat_stack *stack_of[NAT_TINY_STEPS];
	uint16_t n_remote;
	uint16_t remote[NAT_REMOTE_MAX]; /* used tags of other arenas */
	unsigned int slow_calls;
	unsigned int mid_calls;	    /* left until the cache's age is checked */
	unsigned int looks_at;	    /* entries by which stacks are armed */
	int until_look;		    /* entries left until the same check */
	uint64_t epoch_ms;	    /* when the cache was last emptied */
	uint64_t tick_ms;	    /* when the thread last called host->tick */
	struct nat_stack *refilled; /* its next free is slow; or NULL */
	struct nat_arena *arena;
	struct nat_mid *mid;	 /* the arena's; NULL in the shared cache */
	unsigned int tag;	 /* of class 0 in the arena */
	struct nat_stack *local; /* the arena's, by class; or NULL */
	struct nat_cache *next;	 /* links caches without a thread */

	/*
	 * Indexed by tag. Stacks of other arenas that are not in use, and those
	 * of tags that are no size class, are all 0, so that both push and pop
	 * take the slow path. No stack crosses a cache line.
	 */
	struct nat_stack stacks[] __attribute__((aligned(64)));
};
_Static_assert(64 % sizeof(struct nat_stack) == 0, "in one cache line");

/* With the stacks of all arenas. */
#define NAT_CACHE_BYTES             \
	(sizeof(struct nat_cache) + \
		NAT_ARENAS_MAX * NAT_TAG_STRIDE * sizeof(struct nat_stack))

/*
 * The stacks of the calling thread's cache. While the thread has no cache they
 * are those of a shared one, in which each stack is both full and empty. The
 * rest of the cache lies before the stacks, so that free needs no offsets and
 * fits into a cache line.
 */
extern _Thread_local struct nat_stack *nat_stacks VMM_MODULE_TLS
	__attribute__((visibility("hidden")));

static inline struct nat_cache *
nat_cache_current(void)
{
	return (struct nat_cache *)(void *)((char *)nat_stacks -
		offsetof(struct nat_cache, stacks));
}

/* The calling thread's cache, or NULL if it has none. */
static inline struct nat_cache *
nat_cache_get(void)
{
	struct nat_cache *cache = nat_cache_current();

	return cache->local != NULL ? cache : NULL;
}

/* To be called once, before the shared cache is used. */
void nat_cache_init(void);

/* Sets the calling thread's cache; NULL: the shared one. */
void nat_cache_set(struct nat_cache *cache);

/* Returns all but `keep` blocks of a class to the cache's arena. */
void nat_cache_shrink(struct nat_cache *cache, unsigned int cls, size_t keep);

/* If there are more bytes than `most`: returns half of each class. */
void nat_cache_bound(struct nat_cache *cache, size_t most);

/* Frees a block of another arena whose stack is full or not in use yet. */
void nat_cache_push_remote(
	struct nat_cache *cache, unsigned int tag, void *block);

/*
 * Whether the block is one of the last n with this tag that the calling thread
 * has freed and still caches.
 */
bool nat_cache_has(const void *block, unsigned int tag, size_t n);

/*
 * Returns all blocks of a cache to their arenas. No other thread may have it.
 */
void nat_cache_empty(struct nat_cache *cache);

/* Bytes of blocks in the calling thread's cache. */
size_t nat_cache_bytes(void);

#endif /* NAT_CACHE_H */
