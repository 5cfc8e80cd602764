/* SPDX-License-Identifier: BSD-3-Clause */
/* Thread caches; see cache.h. */
#include "config.h"

#include "backends/native/cache.h"

#include "backends/native/arena.h"
#include "backends/native/bin.h"
#include "backends/native/map.h"
#include "backends/native/shape.h"

#include <string.h>

/* How many blocks are returned to another arena in one batch. */
#define BATCH_SHIFT 2 /* a quarter of a full stack */
#define BATCH_MIN 4u

_Static_assert(sizeof(((struct nat_batch *)0)->below) ==
		NAT_STACK_BELOW * sizeof(void *),
	"entries below the stack in a batch");

/*
 * The cache of all threads that have none of their own: each stack is both full
 * and empty. Only stack_of is ever written, so it takes a page of memory.
 */
static union {
	struct nat_cache cache;
	char bytes[NAT_CACHE_BYTES];
} shared;

_Thread_local struct nat_stack *nat_stacks = shared.cache.stacks;

void
nat_cache_init(void)
{
	for (unsigned int i = 0; i < NAT_TINY_STEPS; i++)
		shared.cache.stack_of[i] = shared.cache.stacks;
}

void
nat_cache_set(struct nat_cache *cache)
{
	nat_stacks = cache != NULL ? cache->stacks : shared.cache.stacks;
}

bool
nat_cache_has(const void *block, unsigned int tag, size_t n)
{
	const struct nat_stack *stack = &nat_cache_current()->stacks[tag];
	void *const *end = stack->base;
	void *const *at = stack->top;

	if (nat_stack_count(stack) > n)
		end = at - n;
	for (; at - end >= 4; at -= 4)
		if (at[-1] == block || at[-2] == block || at[-3] == block ||
			at[-4] == block)
			return true;
	while (at != end)
		if (*--at == block)
			return true;
	return false;
}

void
nat_cache_shrink(struct nat_cache *cache, unsigned int cls, size_t keep)
{
	struct nat_stack *stack = &cache->local[cls];
	size_t n = nat_stack_count(stack);

	if (n <= keep)
		return;
	/* the oldest go: those on top are warm */
	nat_bin_free(nat_arena_bin(cache->tag + cls), stack->base, n - keep);
	memmove(stack->base, stack->top - keep, keep * sizeof(*stack->base));
	stack->top = stack->base + keep;
	nat_stack_arm(stack, NAT_LOOKS_AT_FIRST);
}

static struct nat_batch *
batch_of(struct nat_stack *stack)
{
	return (struct nat_batch *)(void *)((char *)stack->base -
		offsetof(struct nat_batch, blocks));
}

/* Hands over the blocks in a stack of another arena, which is then unused. */
static void
return_remote(struct nat_cache *cache, unsigned int tag)
{
	struct nat_stack *stack = &cache->stacks[tag];
	struct nat_batch *batch = batch_of(stack);

	batch->n = (uint32_t)nat_stack_count(stack);
	*stack = (struct nat_stack){ 0 };
	if (batch->n > 0)
		nat_bin_push_batch(nat_arena_bin(tag), batch);
	else
		nat_bin_free_batch(nat_arena_bin(tag), batch);
}

static void
return_all_remote(struct nat_cache *cache)
{
	while (cache->n_remote > 0)
		return_remote(cache, cache->remote[--cache->n_remote]);
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
	batch = nat_bin_alloc_batch(nat_arena_bin(tag), bytes);
	if (batch == NULL)
		return false;
	stack->base = stack->top = batch->blocks;
	stack->room = (uint16_t)room;
	nat_stack_arm(stack, room);
	stack->inside = nat_shapes[nat_tag_class(tag)].inside;
	return true;
}

void
nat_cache_push_remote(struct nat_cache *cache, unsigned int tag, void *block)
{
	struct nat_stack *stack = &cache->stacks[tag];

	if (stack->base == NULL) {
		if (cache->n_remote == NAT_REMOTE_MAX)
			return_all_remote(cache);
		cache->remote[cache->n_remote++] = (uint16_t)tag;
	} else {
		return_remote(cache, tag);
	}
	if (open_remote(stack, tag)) {
		*stack->top++ = block;
		return;
	}
	for (unsigned int i = 0; i < cache->n_remote; i++)
		if (cache->remote[i] == tag)
			cache->remote[i] = cache->remote[--cache->n_remote];
	nat_bin_free(nat_arena_bin(tag), &block, 1);
}

void
nat_cache_empty(struct nat_cache *cache)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		nat_cache_shrink(cache, c, 0);
	return_all_remote(cache);
}

static size_t
stack_bytes(const struct nat_stack *stack, unsigned int cls)
{
	return nat_stack_count(stack) * nat_class_size(cls);
}

void
nat_cache_bound(struct nat_cache *cache, size_t most)
{
	size_t bytes = 0;

	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		bytes += stack_bytes(&cache->local[c], c);
	for (unsigned int c = 1; c <= NAT_CLASS_LAST && bytes > most; c++)
		nat_cache_shrink(
			cache, c, nat_stack_count(&cache->local[c]) / 2);
}

size_t
nat_cache_bytes(void)
{
	const struct nat_cache *cache = nat_cache_get();
	size_t bytes = 0;

	if (cache == NULL)
		return 0;
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		bytes += stack_bytes(&cache->local[c], c);
	for (unsigned int i = 0; i < cache->n_remote; i++)
		bytes += stack_bytes(&cache->stacks[cache->remote[i]],
			nat_tag_class(cache->remote[i]));
	return bytes;
}
