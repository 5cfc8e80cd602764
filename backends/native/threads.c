/* SPDX-License-Identifier: BSD-3-Clause */
/* How caches pass from thread to thread; see threads.h. */
#include "config.h"

#include "backends/native/threads.h"

#include "backends/native/arena.h"
#include "backends/native/cache.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/mid.h"
#include "base/hot.h"
#include "vmmalloc/backend.h"

#include <pthread.h>

/* Caches of ended threads that are kept as they are, per arena on average. */
#define PARKED_MAX 2u

/* How many other arenas a thread ages each time, if they are due. */
#define OTHERS_AGED 8u

/* The first arrays of the stacks of one arena; they lie behind the stacks. */
struct first_arrays {
	void *entries[NAT_CLASS_LAST * (NAT_STACK_BELOW + NAT_ROOM_FIRST)];
};

static const struct vmmalloc_host *host VMM_HOT_DATA;

static pthread_mutex_t lock VMM_HOT_DATA = PTHREAD_MUTEX_INITIALIZER;
static struct nat_cache *unused
	VMM_HOT_DATA; /* empty, in no arena; linked by next */

/*
 * Caches of ended threads, with their blocks: one list per arena, linked by
 * next. The first of each is atomic, and written with the lock held.
 */
static struct nat_cache *parked[NAT_ARENAS_MAX] VMM_HOT_DATA;
static unsigned int n_parked VMM_HOT_DATA;

static _Thread_local bool has_ended VMM_MODULE_TLS;

/* A cache, and the first arrays of its stacks. */
#define CACHE_AND_ARRAYS (NAT_CACHE_BYTES + sizeof(struct first_arrays))

/* Of the first thread. */
size_t
nat_threads_memory(void)
{
	return nat_meta_map_size(CACHE_AND_ARRAYS);
}

void
nat_threads_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
	nat_cache_init();
}

/* An empty cache, recycled or new; NULL if there is no memory for one. */
static struct nat_cache *
recycle_or_map(void)
{
	struct nat_cache *cache;

	pthread_mutex_lock(&lock);
	cache = unused;
	if (cache != NULL)
		unused = cache->next;
	pthread_mutex_unlock(&lock);
	return cache != NULL ? cache : nat_meta_map(CACHE_AND_ARRAYS);
}

/* Takes the cache that was parked last in the arena; NULL if there is none. */
static struct nat_cache *
unpark(const struct nat_arena *arena)
{
	struct nat_cache **list = &parked[nat_arena_number(arena)];
	struct nat_cache *cache;

	if (__atomic_load_n(list, __ATOMIC_RELAXED) == NULL)
		return NULL;
	pthread_mutex_lock(&lock);
	cache = *list;
	if (cache != NULL) {
		__atomic_store_n(list, cache->next, __ATOMIC_RELAXED);
		n_parked--;
	}
	pthread_mutex_unlock(&lock);
	return cache;
}

/*
 * Puts a cache that is in no arena into this one, with stacks for its classes.
 */
static void
enter_arena(struct nat_cache *cache, struct nat_arena *arena)
{
	struct first_arrays *first = (void *)((char *)cache + NAT_CACHE_BYTES);
	void **array = first->entries;

	cache->arena = arena;
	cache->tag = nat_arena_tag(arena);
	cache->mid = &nat_mids[nat_arena_number(arena)];
	cache->local = &cache->stacks[cache->tag];
	cache->mid_calls = 1;
	cache->looks_at = NAT_LOOKS_AT_FIRST;
	for (unsigned int i = 0; i < NAT_TINY_STEPS; i++) {
		unsigned int cls = nat_class_of((size_t)i * NAT_ALIGNMENT);

		cache->stack_of[i] = &cache->local[cls];
	}
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		array += nat_stack_init(&cache->local[c], c, array);
}

/* Empties a cache and takes it out of its arena. */
static void
leave_arena(struct nat_cache *cache)
{
	nat_cache_empty(cache);
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		nat_stack_destroy(&cache->local[c], c);
}

/*
 * Empties a cache that no thread has, and keeps it for a thread of any arena.
 */
static void
dissolve(struct nat_cache *cache)
{
	leave_arena(cache);
	pthread_mutex_lock(&lock);
	cache->next = unused;
	unused = cache;
	pthread_mutex_unlock(&lock);
}

static void
dissolve_parked(unsigned int number)
{
	struct nat_cache *cache;

	while ((cache = unpark(nat_arena_at(number))) != NULL)
		dissolve(cache);
}

void
nat_threads_flush(void)
{
	for (unsigned int a = 0; a < nat_arena_count(); a++)
		dissolve_parked(a);
}

static void
age_arena(unsigned int number, uint64_t now_ms, unsigned int age_ms)
{
	if (!nat_arena_is_due(number, now_ms, age_ms))
		return;
	dissolve_parked(number);
	nat_arena_age(number);
}

void
nat_threads_age(struct nat_cache *cache, uint64_t now_ms, unsigned int age_ms)
{
	static unsigned int turn VMM_HOT_DATA; /* atomic */
	unsigned int others =
		__atomic_fetch_add(&turn, OTHERS_AGED, __ATOMIC_RELAXED);
	struct nat_arena *arena;

	age_arena(nat_arena_number(cache->arena), now_ms, age_ms);
	for (unsigned int i = 0; i < OTHERS_AGED; i++)
		age_arena((others + i) % nat_arena_count(), now_ms, age_ms);
	arena = nat_arena_move(cache->arena);
	if (arena != cache->arena) {
		leave_arena(cache);
		enter_arena(cache, arena);
	}
}

struct nat_cache *
nat_threads_cache(void)
{
	struct nat_cache *cache = nat_cache_get();
	struct nat_arena *arena;

	if (cache != NULL)
		return cache;
	if (has_ended)
		return NULL;
	arena = nat_arena_join();
	cache = unpark(arena);
	if (cache == NULL) {
		cache = recycle_or_map();
		if (cache != NULL)
			enter_arena(cache, arena);
	}
	if (cache == NULL || host->thread_attach(cache) != 0) {
		if (cache != NULL)
			dissolve(cache);
		nat_arena_leave(arena);
		return NULL;
	}
	nat_cache_set(cache);
	return cache;
}

/* Parks the cache of a thread that ends; false if too many are parked. */
static bool
park(struct nat_cache *cache)
{
	struct nat_cache **list = &parked[nat_arena_number(cache->arena)];
	bool is_parked;

	pthread_mutex_lock(&lock);
	is_parked = n_parked < PARKED_MAX * nat_arena_count();
	if (is_parked) {
		cache->next = *list;
		__atomic_store_n(list, cache, __ATOMIC_RELAXED);
		n_parked++;
	}
	pthread_mutex_unlock(&lock);
	return is_parked;
}

void
nat_threads_exit(void *arg)
{
	struct nat_cache *cache = arg;
	struct nat_arena *arena = cache->arena;

	has_ended = true;
	nat_cache_set(NULL);
	if (!park(cache))
		dissolve(cache);
	nat_arena_leave(arena);
}

void
nat_threads_lock(void)
{
	pthread_mutex_lock(&lock);
}

void
nat_threads_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

/*
 * Another thread may have been inside malloc or free when the process forked.
 * Its stack may then lack a block, or contain one twice, because an entry and
 * top are not changed together. So the child does not trust the copies of other
 * threads' stacks: their blocks stay allocated.
 */
void
nat_threads_unlock_child(void)
{
	const struct nat_cache *cache = nat_cache_get();

	nat_arena_leave_all(cache != NULL ? cache->arena : NULL);
	pthread_mutex_unlock(&lock);
}
