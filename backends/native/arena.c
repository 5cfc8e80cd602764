/* SPDX-License-Identifier: BSD-3-Clause */
/* Arenas and their bins; see arena.h. */
#include "config.h"

#include "backends/native/arena.h"

#include "backends/native/bin.h"
#include "backends/native/clock.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/mid.h"
#include "backends/native/spares.h"
#include "base/hot.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

/* The largest NR_CPUS that Linux supports. */
#define PROCESSORS_MAX 8192

/*
 * In a virtual machine without nested page tables a page takes 50 us to be
 * purged and 25 us to be touched again. So purging bins that are in use takes
 * at most one part in PURGE_PART of the time, and about PURGE_MS at once.
 */
#define PURGE_PART 16u
#define PURGE_MS 8u

struct nat_arena {
	struct nat_bin bins[NAT_CLASS_LAST + 1];
	struct nat_spares spares;
	uint64_t purge_ms;	  /* when to purge again; atomic */
	unsigned int purge_class; /* at which bin to begin; atomic */
};

static struct nat_arena *arenas VMM_HOT_DATA;
static pthread_mutex_t arenas_lock VMM_HOT_DATA = PTHREAD_MUTEX_INITIALIZER;

/*
 * Written with arenas_lock held; n_threads is also read without it. Adjacent,
 * because choose() reads all counts.
 */
static unsigned int n_threads[NAT_ARENAS_MAX] VMM_HOT_DATA;

static cpu_set_t *processors VMM_HOT_DATA; /* PROCESSORS_MAX bits */

/* The number of arenas; atomic, written with the lock held. */
static unsigned int n_arenas VMM_HOT_DATA;

static void
make_arena(void)
{
	struct nat_arena *arena = &arenas[n_arenas];
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
#ifdef PTHREAD_MUTEX_ADAPTIVE_NP
	/* held for less time than it takes to sleep and wake up */
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
	nat_spares_init(&arena->spares, &attr);
	nat_mid_init_one(&nat_mids[n_arenas], &attr);
	for (unsigned int c = 0; c <= NAT_CLASS_LAST; c++)
		nat_bin_init(&arena->bins[c], nat_arena_tag(arena) + c,
			&arena->spares, &attr);
	pthread_mutexattr_destroy(&attr);
	__atomic_store_n(&n_arenas, n_arenas + 1, __ATOMIC_RELEASE);
}

struct memory {
	struct nat_mid mids[NAT_ARENAS_MAX];
	struct nat_arena arenas[NAT_ARENAS_MAX];
	cpu_set_t processors[PROCESSORS_MAX / CPU_SETSIZE];
};

size_t
nat_arena_memory(void)
{
	return nat_meta_map_size(sizeof(struct memory));
}

int
nat_arena_init(const struct vmmalloc_host *host)
{
	struct memory *all = nat_meta_map(sizeof(*all));

	if (all == NULL)
		return -1;
	nat_mid_init(host, all->mids);
	arenas = all->arenas;
	processors = all->processors;
	make_arena();
	return 0;
}

/*
 * Whether one more arena may be created: up to one per processor on which any
 * thread that got here could run at that time. A program may be started on one
 * processor and spread its threads later.
 */
static bool
may_make_arena(void)
{
	cpu_set_t now[PROCESSORS_MAX / CPU_SETSIZE];

	if (n_arenas == NAT_ARENAS_MAX)
		return false;
	CPU_ZERO_S(sizeof(now), now);
	if (sched_getaffinity(0, sizeof(now), now) == 0)
		CPU_OR_S(sizeof(now), processors, processors, now);
	return (unsigned int)CPU_COUNT_S(sizeof(now), processors) > n_arenas;
}

/* The number of the arena for one more thread. With the lock held. */
static unsigned int
choose(void)
{
	unsigned int least = 0;

	for (unsigned int a = 1; a < n_arenas; a++)
		if (n_threads[a] < n_threads[least])
			least = a;
	if (n_threads[least] > 0 && may_make_arena()) {
		least = n_arenas;
		make_arena();
	}
	return least;
}

static void
join(unsigned int number)
{
	if (n_threads[number] == 0)
		__atomic_add_fetch(&nat_bin_arenas, 1, __ATOMIC_RELAXED);
	__atomic_store_n(
		&n_threads[number], n_threads[number] + 1, __ATOMIC_RELAXED);
}

static void
leave(unsigned int number)
{
	__atomic_store_n(
		&n_threads[number], n_threads[number] - 1, __ATOMIC_RELAXED);
	if (n_threads[number] == 0)
		__atomic_sub_fetch(&nat_bin_arenas, 1, __ATOMIC_RELAXED);
}

struct nat_arena *
nat_arena_join(void)
{
	unsigned int number;

	pthread_mutex_lock(&arenas_lock);
	number = choose();
	join(number);
	pthread_mutex_unlock(&arenas_lock);
	return &arenas[number];
}

void
nat_arena_leave(struct nat_arena *arena)
{
	pthread_mutex_lock(&arenas_lock);
	leave(nat_arena_number(arena));
	pthread_mutex_unlock(&arenas_lock);
}

struct nat_arena *
nat_arena_move(struct nat_arena *arena)
{
	unsigned int number = nat_arena_number(arena);
	unsigned int better;

	if (__atomic_load_n(&n_threads[number], __ATOMIC_RELAXED) <= 1)
		return arena;
	pthread_mutex_lock(&arenas_lock);
	better = choose();
	if (n_threads[better] + 1 < n_threads[number]) {
		leave(number);
		join(better);
		number = better;
	}
	pthread_mutex_unlock(&arenas_lock);
	return &arenas[number];
}

void
nat_arena_leave_all(struct nat_arena *arena)
{
	memset(n_threads, 0, sizeof(n_threads));
	nat_bin_arenas = 0;
	if (arena != NULL)
		join(nat_arena_number(arena));
}

struct nat_arena *
nat_arena_at(unsigned int number)
{
	return &arenas[number];
}

unsigned int
nat_arena_count(void)
{
	return __atomic_load_n(&n_arenas, __ATOMIC_ACQUIRE);
}

unsigned int
nat_arena_number(const struct nat_arena *arena)
{
	return (unsigned int)(arena - arenas);
}

unsigned int
nat_arena_tag(const struct nat_arena *arena)
{
	return nat_arena_number(arena) * NAT_TAG_STRIDE;
}

struct nat_bin *
nat_arena_bin(unsigned int tag)
{
	return &arenas[nat_tag_arena(tag)].bins[nat_tag_class(tag)];
}

bool
nat_arena_trim(void)
{
	bool was_any = false;

	for (unsigned int a = 0; a < nat_arena_count(); a++) {
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			nat_bin_trim(&arenas[a].bins[c]);
		if (nat_spares_flush(&arenas[a].spares))
			was_any = true;
		if (nat_mid_flush(&nat_mids[a]))
			was_any = true;
	}
	return was_any;
}

bool
nat_arena_is_due(unsigned int number, uint64_t now_ms, unsigned int age_ms)
{
	static uint64_t aged_ms[NAT_ARENAS_MAX]; /* atomic */
	uint64_t *last = &aged_ms[number];
	uint64_t seen = __atomic_load_n(last, __ATOMIC_RELAXED);

	return now_ms - seen >= age_ms &&
		__atomic_compare_exchange_n(last, &seen, now_ms, false,
			__ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* Purges pages of quiet bins, and of busy ones while there is time for them. */
static void
purge_bins(struct nat_arena *arena)
{
	unsigned int first =
		__atomic_load_n(&arena->purge_class, __ATOMIC_RELAXED);
	uint64_t now = nat_clock_ms(), spent = 0;
	bool is_due =
		now >= __atomic_load_n(&arena->purge_ms, __ATOMIC_RELAXED);
	unsigned int last = first;

	for (unsigned int n = 0; n < NAT_CLASS_LAST; n++) {
		unsigned int c = (first + n) % NAT_CLASS_LAST + 1;
		bool may_be_busy = is_due && spent < PURGE_MS;
		uint64_t start = now;

		if (may_be_busy)
			last = c;
		if (nat_bin_purge(&arena->bins[c], may_be_busy)) {
			now = nat_clock_ms();
			spent += now - start;
		}
	}
	if (!is_due)
		return;
	__atomic_store_n(&arena->purge_class, last, __ATOMIC_RELAXED);
	__atomic_store_n(&arena->purge_ms, now + spent * (PURGE_PART - 1),
		__ATOMIC_RELAXED);
}

void
nat_arena_age(unsigned int number)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
		nat_bin_trim(&arenas[number].bins[c]);
	purge_bins(&arenas[number]);
	if (__atomic_load_n(&n_threads[number], __ATOMIC_RELAXED) == 0) {
		nat_spares_flush(&arenas[number].spares);
		nat_mid_flush(&nat_mids[number]);
	} else {
		nat_spares_age(&arenas[number].spares);
		nat_mid_age(&nat_mids[number]);
	}
}

size_t
nat_arena_mid_bytes(void)
{
	size_t bytes = 0;

	for (unsigned int a = 0; a < nat_arena_count(); a++)
		bytes += nat_mid_bytes(&nat_mids[a]);
	return bytes;
}

size_t
nat_arena_bytes(size_t *active)
{
	size_t bytes = 0;

	*active = 0;
	for (unsigned int a = 0; a < nat_arena_count(); a++)
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			bytes += nat_bin_bytes(&arenas[a].bins[c], active);
	return bytes;
}

void
nat_arena_lock(void)
{
	pthread_mutex_lock(&arenas_lock);
	for (unsigned int a = 0; a < n_arenas; a++) {
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			pthread_mutex_lock(&arenas[a].bins[c].lock);
		pthread_mutex_lock(&arenas[a].spares.lock);
		pthread_mutex_lock(&nat_mids[a].lock);
	}
}

void
nat_arena_unlock(void)
{
	for (unsigned int a = 0; a < n_arenas; a++) {
		pthread_mutex_unlock(&nat_mids[a].lock);
		pthread_mutex_unlock(&arenas[a].spares.lock);
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			pthread_mutex_unlock(&arenas[a].bins[c].lock);
	}
	pthread_mutex_unlock(&arenas_lock);
}
