/* SPDX-License-Identifier: BSD-3-Clause */
/* Thread caches: the slow paths; see cache.h. */
#include "config.h"

#include "backends/native/cache.h"

#include "backends/native/meta.h"
#include "backends/native/slab.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

/* A stack holds at most so many blocks and so many bytes of them. */
#define BLOCKS_MAX 256u
#define BLOCKS_MIN 4u
#define BYTES_MAX ((size_t)64 << 10)

/* Room of a new stack; a batch is at most half of what it can hold. */
#define ROOM_FIRST 16u
#define TARGET_FIRST 4u

/* The core hears of threads that are content with their slabs this often. */
#define REFILLS_PER_TICK 64u

struct cache_record {
	struct nat_cache cache;
	void *room[NAT_CLASS_LAST][1 + ROOM_FIRST];
};

static struct nat_cache no_cache; /* full and empty, for all threads */
static const struct vmmalloc_host *host;

static struct nat_cache *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

_Thread_local struct nat_cache *nat_cache = &no_cache;
static _Thread_local bool has_ended __attribute__((tls_model("initial-exec")));

static unsigned int
room_max(unsigned int class)
{
	size_t n = BYTES_MAX / nat_class_size(class);

	return n > BLOCKS_MAX	 ? BLOCKS_MAX
		: n < BLOCKS_MIN ? BLOCKS_MIN
				 : (unsigned int)n;
}

static void
init_offsets(struct nat_cache *cache)
{
	for (unsigned int i = 0; i < NAT_TINY_STEPS; i++) {
		unsigned int class = nat_class_of((size_t)i * NAT_ALIGNMENT);

		cache->stack_of[i] =
			(uint16_t)(offsetof(struct nat_cache, stacks) +
				class * sizeof(struct nat_stack));
	}
}

void
nat_cache_init(const struct vmmalloc_host *the_host)
{
	_Static_assert(sizeof(struct nat_cache) <= UINT16_MAX,
		"offsets in a cache fit 16 bits");
	_Static_assert(sizeof(struct cache_record) <= NAT_META_MAX,
		"a cache is one record");
	host = the_host;
	init_offsets(&no_cache);
}

/* A cache for the calling thread; no_cache where it cannot have one. */
static struct nat_cache *
need_cache(void)
{
	struct cache_record *record;
	struct nat_cache *cache = nat_cache;

	if (cache != &no_cache || has_ended)
		return cache;
	record = nat_meta_alloc(sizeof(*record));
	if (record == NULL)
		return &no_cache;
	cache = &record->cache;
	if (host->thread_attach(cache) != 0) {
		nat_meta_free(record, sizeof(*record));
		return &no_cache;
	}
	init_offsets(cache);
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		struct nat_stack *stack = &cache->stacks[c];
		unsigned int room = room_max(c);

		if (room > ROOM_FIRST)
			room = ROOM_FIRST;
		stack->base = stack->top = record->room[c - 1] + 1;
		stack->limit = stack->base + room;
		stack->room = (uint16_t)room;
		stack->target = TARGET_FIRST;
	}
	cache->arena = nat_arena_join();
	pthread_mutex_lock(&all_lock);
	cache->next = all;
	cache->link = &all;
	if (all != NULL)
		all->link = &cache->next;
	all = cache;
	pthread_mutex_unlock(&all_lock);
	nat_cache = cache;
	return cache;
}

static bool
has_own_array(const struct nat_stack *stack)
{
	return stack->room > ROOM_FIRST;
}

/* Moves the stack to an array of its full size; keeps it where that fails. */
static void
enlarge(struct nat_stack *stack, unsigned int class)
{
	unsigned int room = room_max(class);
	size_t n = (size_t)(stack->top - stack->base);
	void **array;

	if (stack->room >= room)
		return;
	array = nat_meta_alloc((1 + room) * sizeof(*array));
	if (array == NULL)
		return;
	array++;
	memcpy(array, stack->base, n * sizeof(*array));
	stack->base = array;
	stack->top = array + n;
	stack->limit = array + room;
	stack->room = (uint16_t)room;
}

/* Doubles the batch, and the stack when the batch is half of it. */
static void
speed_up(struct nat_stack *stack, unsigned int class)
{
	unsigned int most = room_max(class) / 2;
	unsigned int target = stack->target * 2u;

	stack->target = (uint16_t)(target < most ? target : most);
	if (stack->target * 2u > stack->room)
		enlarge(stack, class);
	if (stack->target > stack->room)
		stack->target = stack->room;
}

static void
flush_stack(struct nat_stack *stack, unsigned int class, size_t keep)
{
	size_t n = (size_t)(stack->top - stack->base);

	if (n <= keep)
		return;
	/* the oldest go: those on top are warm */
	nat_slab_put(class, stack->base, n - keep);
	memmove(stack->base, stack->top - keep, keep * sizeof(*stack->base));
	stack->top = stack->base + keep;
}

static void
flush(struct nat_cache *cache)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		flush_stack(&cache->stacks[c], c, 0);
}

void
nat_cache_flush(void)
{
	if (nat_cache != &no_cache)
		flush(nat_cache);
}

/* One block without a cache, or where the pool is nearly exhausted. */
static void *
take_one(struct nat_arena *arena, unsigned int class)
{
	void *block;

	if (nat_slab_take(arena, class, &block, 1) == 1)
		return block;
	nat_cache_flush();
	nat_slab_trim();
	if (nat_slab_take(arena, class, &block, 1) == 1)
		return block;
	errno = ENOMEM;
	return NULL;
}

void *
nat_cache_refill(unsigned int class)
{
	struct nat_cache *cache = need_cache();
	struct nat_stack *stack = &cache->stacks[class];
	void *block;
	size_t n;

	if (cache == &no_cache)
		return take_one(nat_arena_first(), class);
	if (++cache->refills % REFILLS_PER_TICK == 0)
		host->tick();
	n = nat_slab_take(cache->arena, class, stack->base, stack->target);
	if (n == 0)
		return take_one(cache->arena, class);
	stack->top = stack->base + n - 1;
	block = *stack->top;
	speed_up(stack, class);
	return block;
}

void
nat_cache_overflow(unsigned int class, void *block)
{
	struct nat_cache *cache = need_cache();
	struct nat_stack *stack = &cache->stacks[class];

	if (cache == &no_cache) {
		nat_slab_put(class, &block, 1);
		return;
	}
	if (stack->top[-1] == block)
		nat_slab_fatal("double free of", block);
	if (stack->top == stack->limit) {
		speed_up(stack, class);
		if (stack->top == stack->limit)
			flush_stack(stack, class, stack->room / 2);
	}
	*stack->top++ = block;
}

/* Gives the cache's memory back; its blocks are gone already. */
static void
destroy(struct nat_cache *cache)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		struct nat_stack *stack = &cache->stacks[c];

		if (has_own_array(stack))
			nat_meta_free(stack->base - 1,
				(1 + stack->room) * sizeof(*stack->base));
	}
	nat_arena_leave(cache->arena);
	nat_meta_free(cache, sizeof(struct cache_record));
}

static void
unlink_cache(struct nat_cache *cache)
{
	*cache->link = cache->next;
	if (cache->next != NULL)
		cache->next->link = cache->link;
}

void
nat_cache_exit(void *arg)
{
	struct nat_cache *cache = arg;

	has_ended = true;
	nat_cache = &no_cache;
	pthread_mutex_lock(&all_lock);
	unlink_cache(cache);
	pthread_mutex_unlock(&all_lock);
	flush(cache);
	destroy(cache);
}

void
nat_cache_lock(void)
{
	pthread_mutex_lock(&all_lock);
}

void
nat_cache_unlock(void)
{
	pthread_mutex_unlock(&all_lock);
}

/*
 * A thread that was in the middle of malloc or free when the process forked
 * leaves at worst one block out of its stack, or one twice in reach of it: a
 * store and the move of top are apart. So the copies of other threads' stacks
 * are not trusted: their blocks stay allocated in the child.
 */
void
nat_cache_unlock_child(void)
{
	struct nat_cache *own = nat_cache;

	all = NULL;
	if (own != &no_cache) {
		own->next = NULL;
		own->link = &all;
		all = own;
	}
	nat_arena_leave_all(own != &no_cache ? own->arena : NULL);
	pthread_mutex_unlock(&all_lock);
}

size_t
nat_cache_bytes(void)
{
	size_t bytes = 0;

	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		const struct nat_stack *stack = &nat_cache->stacks[c];

		bytes += (size_t)(stack->top - stack->base) * nat_class_size(c);
	}
	return bytes;
}
