/* SPDX-License-Identifier: BSD-3-Clause */
/* The slow paths of malloc and free; see slow.h. */
#include "config.h"

#include "backends/native/slow.h"

#include "backends/native/arena.h"
#include "backends/native/bin.h"
#include "backends/native/cache.h"
#include "backends/native/check.h"
#include "backends/native/clock.h"
#include "backends/native/fatal.h"
#include "backends/native/map.h"
#include "backends/native/shape.h"
#include "backends/native/size_class.h"
#include "backends/native/stack.h"
#include "backends/native/threads.h"
#include "base/hot.h"
#include "vmmalloc/backend.h"

#include <errno.h>

/*
 * A slow free compares its block with this many that were freed last, so that a
 * misuse is found earlier than when the blocks return to their slabs.
 */
#define LOOKED_AT 4u

/* When a full stack is flushed, 1 / KEPT_PART of it stays. */
#define KEPT_PART 4u

/*
 * How often a cache is emptied, and how often a busy thread calls host->tick
 * and host->poll.
 * Caches are emptied more often while blocks of more than NAT_MID_MAX bytes are
 * allocated: cached blocks and spares are scattered over the pool and get in
 * the way of blocks that are really large.
 */
#define EPOCH_MS 100u
#define EPOCH_LARGE_MS 8u
#define TICK_MS 10u
#define MID_CALLS 64u

/*
 * Limit on the bytes of blocks that a thread caches: a part of the pool, at
 * most BOUND_MAX. It is checked every BOUND_CALLS slow calls, so a thread that
 * sleeps keeps what it has.
 */
#define BOUND_SHIFT 7
#define BOUND_MAX ((size_t)1 << 20)
#define BOUND_CALLS 16u

static const struct vmmalloc_host *host VMM_HOT_DATA;
static bool has_poll VMM_HOT_DATA;

void
nat_slow_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
	has_poll = host->struct_size >= sizeof(*host);
	if (has_poll) /* says that it will be called */
		host->poll();
}

bool
nat_slow_flush(void)
{
	struct nat_cache *cache = nat_cache_get();

	if (cache != NULL)
		nat_cache_empty(cache);
	nat_threads_flush();
	return nat_arena_trim();
}

/*
 * Empties the cache and returns true if it was last emptied at least age_ms
 * ago. Its stacks then start with small batches again, and it may move to
 * another arena. Also calls host->tick and host->poll, which are due more
 * often: the caller holds no lock.
 */
static bool
empty_at_age(struct nat_cache *cache, unsigned int age_ms)
{
	uint64_t now = nat_clock_ms();
	bool is_old = now - cache->epoch_ms >= age_ms;

	if (is_old) {
		cache->epoch_ms = now;
		cache->looks_at = NAT_LOOKS_AT_FIRST;
		nat_cache_empty(cache);
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			nat_stack_slow_down(&cache->local[c], c);
		nat_threads_age(cache, now, EPOCH_MS);
	}
	if (now - cache->tick_ms >= TICK_MS) {
		cache->tick_ms = now;
		host->tick();
		if (has_poll)
			host->poll();
	}
	return is_old;
}

void
nat_slow_tick(size_t size)
{
	struct nat_cache *cache = nat_cache_get();

	if (cache == NULL)
		return;
	if (size <= NAT_MID_MAX) {
		cache->mid_calls = MID_CALLS;
		empty_at_age(cache, EPOCH_MS);
	} else if (empty_at_age(cache, EPOCH_LARGE_MS))
		nat_arena_trim();
}

void
nat_slow_look(struct nat_cache *cache)
{
	int err = errno;

	if (cache->looks_at < NAT_LOOKS_AT_MAX)
		cache->looks_at *= 2;
	empty_at_age(cache, EPOCH_MS);
	cache->until_look = (int)cache->looks_at;
	errno = err;
}

/* Upkeep of a thread's cache, done at each of its slow calls. */
static void
look_after(struct nat_cache *cache)
{
	size_t most = host->pool_size >> BOUND_SHIFT;

	empty_at_age(cache, EPOCH_MS);
	if (++cache->slow_calls % BOUND_CALLS == 0)
		nat_cache_bound(cache, most < BOUND_MAX ? most : BOUND_MAX);
}

/*
 * Allocates one block, if need be after all caches that are not another living
 * thread's have been flushed. NULL with ENOMEM.
 */
static void *
alloc_one(struct nat_bin *bin)
{
	void *block;

	if (nat_bin_alloc(bin, &block, 1) == 1)
		return block;
	nat_slow_flush();
	if (nat_bin_alloc(bin, &block, 1) == 1)
		return block;
	errno = ENOMEM;
	return NULL;
}

void *
nat_slow_refill(unsigned int cls)
{
	struct nat_cache *cache = nat_threads_cache();
	struct nat_stack *stack;
	struct nat_bin *bin;
	void *block;
	size_t n;

	if (cache == NULL) /* from arena 0 */
		return alloc_one(nat_arena_bin(cls));
	look_after(cache);
	stack = &cache->local[cls];
	/* a thread's first cache may be a parked one, which has blocks */
	if (stack->top != stack->base)
		return *--stack->top;
	bin = nat_arena_bin(cache->tag + cls);
	n = nat_bin_alloc(bin, stack->base, stack->target);
	if (n == 0)
		return alloc_one(bin);
	stack->top = stack->base + n;
	nat_stack_speed_up(stack, cls, 1);
	block = *--stack->top;
	/* the next free takes the slow path, which looks at the block's slab */
	nat_stack_arm(stack, 0);
	cache->refilled = stack;
	return block;
}

void
nat_slow_overflow(unsigned int tag, void *block)
{
	struct nat_cache *cache = nat_threads_cache();
	unsigned int cls = nat_tag_class(tag);
	struct nat_stack *stack;

	if (cache == NULL) {
		nat_bin_free(nat_arena_bin(tag), &block, 1);
		return;
	}
	stack = &cache->stacks[tag];
	if (((uintptr_t)block & nat_shapes[cls].inside) != 0)
		nat_fatal("invalid free of", block);
	if (nat_cache_has(block, tag, LOOKED_AT))
		nat_fatal("double free of", block);
	nat_check_free(block, tag);
	look_after(cache);
	if (stack != &cache->local[cls]) {
		nat_cache_push_remote(cache, tag, block);
		return;
	}
	if (nat_stack_is_full(stack)) {
		nat_stack_speed_up(stack, cls, 2);
		if (nat_stack_is_full(stack))
			nat_cache_shrink(cache, cls, stack->room / KEPT_PART);
	}
	*stack->top++ = block;
	nat_stack_arm(stack, NAT_LOOKS_AT_FIRST);
}
