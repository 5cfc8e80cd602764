/* SPDX-License-Identifier: BSD-3-Clause */
/* Thread caches: the slow paths; see cache.h. */
#include "config.h"

#include "backends/native/cache.h"

#include "backends/native/arena.h"
#include "backends/native/bin.h"
#include "backends/native/fatal.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/mid.h"
#include "backends/native/threads.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* How many blocks are returned to another arena in one batch. */
#define BATCH_SHIFT 2 /* a quarter of a full stack */
#define BATCH_MIN 4u

/* When a full stack is flushed, 1 / KEPT_PART of it stays. */
#define KEPT_PART 4u

/*
 * How often a cache is emptied, and how often a busy thread calls host->tick.
 * Caches are emptied more often while blocks of more than NAT_MID_MAX bytes are
 * allocated: cached blocks and spares are scattered over the pool and get in
 * the way of blocks that are really large.
 */
#define EPOCH_MS 100u
#define EPOCH_LARGE_MS 8u
#define TICK_MS 10u
#define MID_CALLS 64u

/*
 * A slow call compares its block with this many at the top of the stack, so
 * that a misuse is found earlier than when the blocks return to their slabs.
 */
#define LOOKED_AT 4u

/*
 * Limit on the bytes of blocks that a thread caches: a part of the pool, at
 * most BOUND_MAX. It is checked every BOUND_CALLS slow calls, so a thread that
 * sleeps keeps what it has.
 */
#define BOUND_SHIFT 7
#define BOUND_MAX ((size_t)1 << 20)
#define BOUND_CALLS 16u

_Static_assert(NAT_STACK_UNIT == NAT_UNIT, "what slabs are aligned to");

static const struct vmmalloc_host *host;
static bool has_clock;

void
nat_cache_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
	has_clock = host->struct_size >= sizeof(*host);
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	if (has_clock)
		return host->clock_ms();
	/* a core from before ABI 1.1 */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool
nat_cache_has(const void *block, unsigned int tag)
{
	const struct nat_stack *stack = &nat_cache_current()->stacks[tag];
	size_t n = nat_stack_count(stack);

	if (n > LOOKED_AT)
		n = LOOKED_AT;
	for (size_t i = 1; i <= n; i++)
		if (stack->top[-(ptrdiff_t)i] == block)
			return true;
	return false;
}

static void
flush_own(struct nat_cache *cache, unsigned int class, size_t keep)
{
	struct nat_stack *stack = &cache->own[class];
	size_t n = nat_stack_count(stack);

	if (n <= keep)
		return;
	/* the oldest go: those on top are warm */
	nat_arena_put(
		nat_arena_tag(cache->arena) + class, stack->base, n - keep);
	memmove(stack->base, stack->top - keep, keep * sizeof(*stack->base));
	stack->top = stack->base + keep;
}

static struct nat_batch *
batch_of(struct nat_stack *stack)
{
	return (struct nat_batch *)(void *)((char *)stack->base -
		offsetof(struct nat_batch, blocks));
}

/* Hands over the blocks in a stack of another arena, which is then unused. */
static void
give_remote(struct nat_cache *cache, unsigned int tag)
{
	struct nat_stack *stack = &cache->stacks[tag];
	struct nat_batch *batch = batch_of(stack);

	batch->n = (uint32_t)nat_stack_count(stack);
	*stack = (struct nat_stack){ 0 };
	if (batch->n > 0)
		nat_arena_give(tag, batch);
	else
		nat_arena_put_batch(tag, batch);
}

static void
give_all_remote(struct nat_cache *cache)
{
	while (cache->n_remote > 0)
		give_remote(cache, cache->remote[--cache->n_remote]);
}

/* Gives a stack of another arena an empty batch; false if there is none. */
static bool
open_remote(struct nat_stack *stack, unsigned int tag)
{
	unsigned int room = nat_stack_room(nat_tag_class(tag)) >> BATCH_SHIFT;
	struct nat_batch *batch;
	size_t bytes;

	if (room < BATCH_MIN)
		room = BATCH_MIN;
	bytes = sizeof(*batch) + room * sizeof(batch->blocks[0]);
	batch = nat_arena_take_batch(tag, bytes);
	if (batch == NULL)
		return false;
	stack->base = stack->top = batch->blocks;
	stack->limit = stack->base + room;
	stack->inside = nat_stack_inside(nat_tag_class(tag));
	return true;
}

/* Frees a block of another arena whose stack is full or not in use yet. */
static void
overflow_remote(struct nat_cache *cache, unsigned int tag, void *block)
{
	struct nat_stack *stack = &cache->stacks[tag];

	if (stack->base == NULL) {
		if (cache->n_remote == NAT_REMOTE_MAX)
			give_all_remote(cache);
		cache->remote[cache->n_remote++] = (uint16_t)tag;
	} else {
		give_remote(cache, tag);
	}
	if (open_remote(stack, tag)) {
		*stack->top++ = block;
		return;
	}
	for (unsigned int i = 0; i < cache->n_remote; i++)
		if (cache->remote[i] == tag)
			cache->remote[i] = cache->remote[--cache->n_remote];
	nat_arena_put(tag, &block, 1);
}

void
nat_cache_empty(struct nat_cache *cache)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		flush_own(cache, c, 0);
	give_all_remote(cache);
}

/* The calling thread's cache, or NULL if it has none. */
static struct nat_cache *
own_cache(void)
{
	struct nat_cache *cache = nat_cache_current();

	return cache->own != NULL ? cache : NULL;
}

bool
nat_cache_flush(void)
{
	struct nat_cache *cache = own_cache();

	if (cache != NULL)
		nat_cache_empty(cache);
	nat_threads_flush();
	return nat_arena_trim();
}

/*
 * Empties the cache and returns true if it was last emptied at least age_ms
 * ago. Its stacks then start with small batches again, and it may move to
 * another arena. Also calls host->tick, which is due more often.
 */
static bool
empty_at_age(struct nat_cache *cache, unsigned int age_ms)
{
	uint64_t now = now_ms();
	bool is_old = now - cache->epoch_ms >= age_ms;

	if (is_old) {
		cache->epoch_ms = now;
		nat_cache_empty(cache);
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			nat_stack_slow_down(&cache->own[c], c);
		nat_threads_age(cache, now, EPOCH_MS);
	}
	if (now - cache->tick_ms >= TICK_MS) {
		cache->tick_ms = now;
		host->tick();
	}
	return is_old;
}

void
nat_cache_tick(size_t size)
{
	struct nat_cache *cache = own_cache();

	if (cache == NULL)
		return;
	if (size <= NAT_MID_MAX) {
		cache->mid_calls = MID_CALLS;
		empty_at_age(cache, EPOCH_MS);
	} else if (empty_at_age(cache, EPOCH_LARGE_MS))
		nat_arena_trim();
}

static size_t
stack_bytes(const struct nat_stack *stack, unsigned int class)
{
	return nat_stack_count(stack) * nat_class_size(class);
}

/* Returns half of the blocks of each class if the cache has too many bytes. */
static void
bound(struct nat_cache *cache)
{
	size_t most = host->pool_size >> BOUND_SHIFT;
	size_t bytes = 0;

	if (most > BOUND_MAX)
		most = BOUND_MAX;
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		bytes += stack_bytes(&cache->own[c], c);
	for (unsigned int c = 1; c <= NAT_CLASS_LAST && bytes > most; c++)
		flush_own(cache, c, nat_stack_count(&cache->own[c]) / 2);
}

/* Takes one block, if there is no cache or the pool is nearly exhausted. */
static void *
take_one(struct nat_arena *arena, unsigned int class)
{
	void *block;

	if (nat_arena_take(arena, class, &block, 1) == 1)
		return block;
	nat_cache_flush();
	if (nat_arena_take(arena, class, &block, 1) == 1)
		return block;
	errno = ENOMEM;
	return NULL;
}

void *
nat_cache_refill(unsigned int class)
{
	struct nat_cache *cache = nat_threads_cache();
	struct nat_stack *stack;
	size_t n;

	if (cache == NULL)
		return take_one(nat_arena_at(0), class);
	empty_at_age(cache, EPOCH_MS);
	if (++cache->slow_calls % BOUND_CALLS == 0)
		bound(cache);
	stack = &cache->own[class];
	/* a thread's first cache may be a parked one, which has blocks */
	if (stack->top != stack->base)
		return *--stack->top;
	n = nat_arena_take(cache->arena, class, stack->base, stack->target);
	if (n == 0)
		return take_one(cache->arena, class);
	stack->top = stack->base + n;
	nat_stack_speed_up(stack, class);
	return *--stack->top;
}

void
nat_cache_overflow(unsigned int tag, void *block)
{
	struct nat_cache *cache = nat_threads_cache();
	unsigned int class = nat_tag_class(tag);
	struct nat_stack *stack;

	if (cache == NULL) {
		nat_arena_put(tag, &block, 1);
		return;
	}
	stack = &cache->stacks[tag];
	if (((uintptr_t)block & nat_stack_inside(class)) != 0)
		nat_fatal("invalid free of", block);
	if (nat_cache_has(block, tag))
		nat_fatal("double free of", block);
	empty_at_age(cache, EPOCH_MS);
	if (++cache->slow_calls % BOUND_CALLS == 0)
		bound(cache);
	if (stack != &cache->own[class]) {
		overflow_remote(cache, tag, block);
		return;
	}
	if (stack->top == stack->limit) {
		nat_stack_speed_up(stack, class);
		if (stack->top == stack->limit)
			flush_own(cache, class, stack->room / KEPT_PART);
	}
	*stack->top++ = block;
}

size_t
nat_cache_bytes(void)
{
	const struct nat_cache *cache = own_cache();
	size_t bytes = 0;

	if (cache == NULL)
		return 0;
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		bytes += stack_bytes(&cache->own[c], c);
	for (unsigned int i = 0; i < cache->n_remote; i++)
		bytes += stack_bytes(&cache->stacks[cache->remote[i]],
			nat_tag_class(cache->remote[i]));
	return bytes;
}
