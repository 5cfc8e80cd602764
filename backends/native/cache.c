/* SPDX-License-Identifier: BSD-3-Clause */
/* Thread caches: the slow paths; see cache.h. */
#include "config.h"

#include "backends/native/cache.h"

#include "backends/native/arena.h"
#include "backends/native/fatal.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

/* A stack holds at most so many blocks and so many bytes of them. */
#define BLOCKS_MAX 256u
#define BLOCKS_MIN 4u
#define BYTES_MAX ((size_t)64 << 10)

/* Room of a new stack; a batch is at most half of what it can hold. */
#define ROOM_FIRST 16u
#define TARGET_FIRST 4u

/* Blocks of another arena that go back to it together. */
#define BATCH_SHIFT 2 /* a quarter of a full stack */

/* How often a cache is emptied, and the core hears of a busy thread. */
#define EPOCH_MS 100u
#define REFILLS_PER_TICK 16u

/* Arrays for the stacks of one arena, behind the cache's stacks. */
struct first_room {
	void *room[NAT_CLASS_LAST][1 + ROOM_FIRST];
};

/* Full and empty, for all threads; never written, so it takes no memory. */
static union {
	struct nat_cache cache;
	char bytes[sizeof(struct nat_cache) +
		NAT_ARENAS_MAX * NAT_TAG_STRIDE * sizeof(struct nat_stack)];
} none;
#define no_cache (none.cache)

static const struct vmmalloc_host *host;

static struct nat_cache *all;
static struct nat_cache *unused; /* of threads that have ended, by next */
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

_Thread_local struct nat_cache *nat_cache = &none.cache;
static _Thread_local bool has_ended __attribute__((tls_model("initial-exec")));

static unsigned int
room_max(unsigned int class)
{
	size_t n = BYTES_MAX / nat_class_size(class);

	return n > BLOCKS_MAX	 ? BLOCKS_MAX
		: n < BLOCKS_MIN ? BLOCKS_MIN
				 : (unsigned int)n;
}

void
nat_cache_init(const struct vmmalloc_host *the_host)
{
	_Static_assert(sizeof(none) / 8 <= UINT16_MAX,
		"places in a cache fit 16 bits");
	host = the_host;
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static size_t
stacks_bytes(void)
{
	return sizeof(struct nat_cache) +
		nat_arena_count() * NAT_TAG_STRIDE * sizeof(struct nat_stack);
}

/* A cache without any block in it; NULL where there is no memory for one. */
static struct nat_cache *
recycle_or_map(void)
{
	struct nat_cache *cache;

	pthread_mutex_lock(&all_lock);
	cache = unused;
	if (cache != NULL)
		unused = cache->next;
	pthread_mutex_unlock(&all_lock);
	return cache != NULL
		? cache
		: nat_meta_map(stacks_bytes() + sizeof(struct first_room));
}

static void
link_cache(struct nat_cache *cache)
{
	pthread_mutex_lock(&all_lock);
	cache->next = all;
	cache->link = &all;
	if (all != NULL)
		all->link = &cache->next;
	all = cache;
	pthread_mutex_unlock(&all_lock);
}

/* Gives the cache an arena, and stacks for its classes. */
static void
join_arena(struct nat_cache *cache)
{
	struct first_room *first = (void *)((char *)cache + stacks_bytes());

	cache->arena = nat_arena_join();
	cache->own = &cache->stacks[nat_arena_tag(cache->arena)];
	for (unsigned int i = 0; i < NAT_TINY_STEPS; i++) {
		unsigned int class = nat_class_of((size_t)i * NAT_ALIGNMENT);

		cache->stack_of[i] = (uint16_t)(((char *)&cache->own[class] -
							(char *)cache) /
			8);
	}
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		unsigned int room = room_max(c);
		void **base = first->room[c - 1] + 1;

		if (room > ROOM_FIRST)
			room = ROOM_FIRST;
		cache->own[c] = (struct nat_stack){
			.top = base,
			.limit = base + room,
			.base = base,
			.room = (uint16_t)room,
			.target = TARGET_FIRST,
		};
	}
}

static void
retire(struct nat_cache *cache)
{
	pthread_mutex_lock(&all_lock);
	cache->next = unused;
	unused = cache;
	pthread_mutex_unlock(&all_lock);
}

/* A cache for the calling thread; no_cache where it cannot have one. */
static struct nat_cache *
need_cache(void)
{
	struct nat_cache *cache = nat_cache;

	if (cache != &no_cache || has_ended)
		return cache;
	cache = recycle_or_map();
	if (cache == NULL)
		return &no_cache;
	if (host->thread_attach(cache) != 0) {
		retire(cache);
		return &no_cache;
	}
	join_arena(cache);
	cache->epoch_ms = now_ms();
	link_cache(cache);
	nat_cache = cache;
	return cache;
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
flush_own(struct nat_cache *cache, unsigned int class, size_t keep)
{
	struct nat_stack *stack = &cache->own[class];
	size_t n = (size_t)(stack->top - stack->base);

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

/* Hands over what is in a stack of another arena, which is out of use then. */
static void
give_remote(struct nat_cache *cache, unsigned int tag)
{
	struct nat_stack *stack = &cache->stacks[tag];
	struct nat_batch *batch = batch_of(stack);

	batch->n = (uint32_t)(stack->top - stack->base);
	*stack = (struct nat_stack){ 0 };
	if (batch->n > 0)
		nat_arena_give(tag, batch);
	else
		nat_meta_free(batch, batch->bytes);
}

static void
give_all_remote(struct nat_cache *cache)
{
	while (cache->n_remote > 0)
		give_remote(cache, cache->remote[--cache->n_remote]);
}

/* An empty array for a stack of another arena; false where there is none. */
static bool
open_remote(struct nat_stack *stack, unsigned int class)
{
	unsigned int room = room_max(class) >> BATCH_SHIFT;
	struct nat_batch *batch;
	size_t bytes;

	if (room < BLOCKS_MIN)
		room = BLOCKS_MIN;
	bytes = sizeof(*batch) + room * sizeof(batch->blocks[0]);
	batch = nat_meta_alloc(bytes);
	if (batch == NULL)
		return false;
	batch->bytes = (uint32_t)bytes;
	stack->base = stack->top = batch->blocks;
	stack->limit = stack->base + room;
	return true;
}

/* A block of another arena whose stack is full, or not in use so far. */
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
	if (open_remote(stack, nat_tag_class(tag))) {
		*stack->top++ = block;
		return;
	}
	for (unsigned int i = 0; i < cache->n_remote; i++)
		if (cache->remote[i] == tag)
			cache->remote[i] = cache->remote[--cache->n_remote];
	nat_arena_put(tag, &block, 1);
}

static void
flush(struct nat_cache *cache)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		flush_own(cache, c, 0);
	give_all_remote(cache);
}

void
nat_cache_flush(void)
{
	if (nat_cache != &no_cache)
		flush(nat_cache);
}

/* Empties the cache when its time has come; it starts small again then. */
static void
look_at_clock(struct nat_cache *cache)
{
	uint64_t now = now_ms();

	if (now - cache->epoch_ms < EPOCH_MS)
		return;
	cache->epoch_ms = now;
	flush(cache);
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		cache->own[c].target = TARGET_FIRST;
	host->tick();
}

void
nat_cache_tick(void)
{
	if (nat_cache != &no_cache)
		look_at_clock(nat_cache);
}

/* One block without a cache, or where the pool is nearly exhausted. */
static void *
take_one(struct nat_arena *arena, unsigned int class)
{
	void *block;

	if (nat_arena_take(arena, class, &block, 1) == 1)
		return block;
	nat_cache_flush();
	nat_arena_trim();
	if (nat_arena_take(arena, class, &block, 1) == 1)
		return block;
	errno = ENOMEM;
	return NULL;
}

void *
nat_cache_refill(unsigned int class)
{
	struct nat_cache *cache = need_cache();
	struct nat_stack *stack;
	size_t n;

	if (cache == &no_cache)
		return take_one(nat_arena_first(), class);
	look_at_clock(cache);
	if (++cache->refills % REFILLS_PER_TICK == 0)
		host->tick();
	stack = &cache->own[class];
	n = nat_arena_take(cache->arena, class, stack->base, stack->target);
	if (n == 0)
		return take_one(cache->arena, class);
	stack->top = stack->base + n;
	speed_up(stack, class);
	return *--stack->top;
}

void
nat_cache_overflow(unsigned int tag, void *block)
{
	struct nat_cache *cache = need_cache();
	unsigned int class = nat_tag_class(tag);
	struct nat_stack *stack = &cache->stacks[tag];

	if (cache == &no_cache) {
		nat_arena_put(tag, &block, 1);
		return;
	}
	if (stack->base != NULL && stack->top[-1] == block)
		nat_fatal("double free of", block);
	look_at_clock(cache);
	if (stack != &cache->own[class]) {
		overflow_remote(cache, tag, block);
		return;
	}
	if (stack->top == stack->limit) {
		speed_up(stack, class);
		if (stack->top == stack->limit)
			flush_own(cache, class, stack->room / 2);
	}
	*stack->top++ = block;
}

/* Gives the cache's memory back; its blocks are gone already. */
static void
destroy(struct nat_cache *cache)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		struct nat_stack *stack = &cache->own[c];

		if (stack->room > ROOM_FIRST)
			nat_meta_free(stack->base - 1,
				(1 + stack->room) * sizeof(*stack->base));
	}
	memset(cache->own, 0, NAT_TAG_STRIDE * sizeof(*cache->own));
	nat_arena_leave(cache->arena);
	retire(cache);
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

static size_t
stack_bytes(const struct nat_stack *stack, unsigned int class)
{
	return (size_t)(stack->top - stack->base) * nat_class_size(class);
}

size_t
nat_cache_bytes(void)
{
	const struct nat_cache *cache = nat_cache;
	size_t bytes = 0;

	if (cache == &no_cache)
		return 0;
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		bytes += stack_bytes(&cache->own[c], c);
	for (unsigned int i = 0; i < cache->n_remote; i++)
		bytes += stack_bytes(&cache->stacks[cache->remote[i]],
			nat_tag_class(cache->remote[i]));
	return bytes;
}
