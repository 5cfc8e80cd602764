/* SPDX-License-Identifier: BSD-3-Clause */
/* Arenas and their bins; see arena.h. */
#include "config.h"

#include "backends/native/arena.h"

#include "backends/native/bin.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/mid.h"
#include "backends/native/spares.h"

#include <pthread.h>
#include <sched.h>

struct nat_arena {
	unsigned int threads;
	struct nat_spares spares;
	struct nat_bin bins[NAT_CLASS_LAST + 1];
};

static struct nat_arena *arenas;
static unsigned int n_arenas;
static pthread_mutex_t arenas_lock = PTHREAD_MUTEX_INITIALIZER;

int
nat_arena_init(const struct vmmalloc_host *host)
{
	pthread_mutexattr_t attr;
	cpu_set_t cpus;

	n_arenas = 1;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		n_arenas = (unsigned int)CPU_COUNT(&cpus);
	if (n_arenas > NAT_ARENAS_MAX)
		n_arenas = NAT_ARENAS_MAX;
	arenas = nat_meta_map(n_arenas * sizeof(*arenas));
	if (arenas == NULL || nat_mid_start(host, n_arenas) != 0)
		return -1;
	pthread_mutexattr_init(&attr);
#ifdef PTHREAD_MUTEX_ADAPTIVE_NP
	/* held for less time than it takes to sleep and wake up */
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
	for (unsigned int a = 0; a < n_arenas; a++) {
		nat_spares_init(&arenas[a].spares, &attr);
		nat_mid_init(&nat_mids[a], &attr);
		for (unsigned int c = 0; c <= NAT_CLASS_LAST; c++)
			nat_bin_init(&arenas[a].bins[c],
				nat_arena_tag(&arenas[a]) + c,
				&arenas[a].spares, &attr);
	}
	pthread_mutexattr_destroy(&attr);
	return 0;
}

struct nat_arena *
nat_arena_join(void)
{
	struct nat_arena *least;

	pthread_mutex_lock(&arenas_lock);
	least = &arenas[0];
	for (unsigned int a = 1; a < n_arenas; a++)
		if (arenas[a].threads < least->threads)
			least = &arenas[a];
	if (least->threads++ == 0)
		__atomic_add_fetch(&nat_bin_arenas, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&arenas_lock);
	return least;
}

void
nat_arena_leave(struct nat_arena *arena)
{
	pthread_mutex_lock(&arenas_lock);
	if (--arena->threads == 0)
		__atomic_sub_fetch(&nat_bin_arenas, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&arenas_lock);
}

void
nat_arena_leave_all(struct nat_arena *arena)
{
	for (unsigned int a = 0; a < n_arenas; a++)
		arenas[a].threads = &arenas[a] == arena ? 1 : 0;
	nat_bin_arenas = arena != NULL ? 1 : 0;
}

struct nat_arena *
nat_arena_at(unsigned int number)
{
	return &arenas[number];
}

unsigned int
nat_arena_count(void)
{
	return n_arenas;
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

static struct nat_bin *
bin_of(unsigned int tag)
{
	return &arenas[nat_tag_arena(tag)].bins[nat_tag_class(tag)];
}

size_t
nat_arena_take(
	struct nat_arena *arena, unsigned int class, void **blocks, size_t n)
{
	return nat_bin_take(&arena->bins[class], blocks, n);
}

void
nat_arena_put(unsigned int tag, void *const *blocks, size_t n)
{
	nat_bin_put(bin_of(tag), blocks, n);
}

void
nat_arena_give(unsigned int tag, struct nat_batch *batch)
{
	nat_bin_give(bin_of(tag), batch);
}

bool
nat_arena_trim(void)
{
	bool was_any = false;

	for (unsigned int a = 0; a < n_arenas; a++) {
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			nat_bin_trim(&arenas[a].bins[c]);
		if (nat_spares_flush(&arenas[a].spares))
			was_any = true;
		if (nat_mid_flush(&nat_mids[a]))
			was_any = true;
	}
	return was_any;
}

void
nat_arena_age(struct nat_arena *arena)
{
	nat_spares_age(&arena->spares);
	nat_mid_age(&nat_mids[nat_arena_number(arena)]);
}

size_t
nat_arena_mid_bytes(void)
{
	size_t bytes = 0;

	for (unsigned int a = 0; a < n_arenas; a++)
		bytes += nat_mid_bytes(&nat_mids[a]);
	return bytes;
}

size_t
nat_arena_bytes(size_t *active)
{
	size_t bytes = 0;

	*active = 0;
	for (unsigned int a = 0; a < n_arenas; a++)
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
