/* SPDX-License-Identifier: BSD-3-Clause */
/* Arenas and their bins; see arena.h. */
#include "config.h"

#include "backends/native/arena.h"

#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/slab.h"
#include "backends/native/spares.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

/* Slabs without blocks that a bin keeps: the next malloc may want one. */
#define EMPTY_KEPT 1u

/* With so many bytes of slabs a bin gets larger ones. */
#define MANY_BYTES ((size_t)1 << 20)

/* So many blocks ahead the records of slabs are loaded, and looked up. */
#define PREFETCH_AHEAD 8u
#define LOOK_UP_AHEAD 16u

struct bin {
	pthread_mutex_t lock;
	struct nat_slab *partial; /* slabs with free blocks */
	unsigned int n_empty;	  /* of them, slabs with free blocks only */
	uint64_t bytes;		  /* of slabs */
	uint64_t n_out;		  /* blocks taken and not put back */

	/* what other threads write, without the lock */
	struct nat_batch *waiting __attribute__((aligned(64)));
} __attribute__((aligned(64)));

struct nat_arena {
	unsigned int threads;
	struct nat_spares spares;
	struct bin bins[NAT_CLASS_COUNT];
};

static struct nat_arena *arenas;
static unsigned int n_arenas;
static unsigned int n_in_use; /* arenas that have threads */
static pthread_mutex_t arenas_lock = PTHREAD_MUTEX_INITIALIZER;

int
nat_arena_init(void)
{
	pthread_mutexattr_t attr;
	cpu_set_t cpus;

	n_arenas = 1;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		n_arenas = (unsigned int)CPU_COUNT(&cpus);
	if (n_arenas > NAT_ARENAS_MAX)
		n_arenas = NAT_ARENAS_MAX;
	arenas = nat_meta_map(n_arenas * sizeof(*arenas));
	if (arenas == NULL)
		return -1;
	pthread_mutexattr_init(&attr);
#ifdef PTHREAD_MUTEX_ADAPTIVE_NP
	/* held for less time than it takes to sleep and wake up */
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
	for (unsigned int a = 0; a < n_arenas; a++) {
		nat_spares_init(&arenas[a].spares, &attr);
		for (unsigned int c = 0; c < NAT_CLASS_COUNT; c++)
			pthread_mutex_init(&arenas[a].bins[c].lock, &attr);
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
		__atomic_add_fetch(&n_in_use, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&arenas_lock);
	return least;
}

void
nat_arena_leave(struct nat_arena *arena)
{
	pthread_mutex_lock(&arenas_lock);
	if (--arena->threads == 0)
		__atomic_sub_fetch(&n_in_use, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&arenas_lock);
}

void
nat_arena_leave_all(struct nat_arena *arena)
{
	for (unsigned int a = 0; a < n_arenas; a++)
		arenas[a].threads = &arenas[a] == arena ? 1 : 0;
	n_in_use = arena != NULL ? 1 : 0;
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

static struct bin *
bin_of(unsigned int tag)
{
	return &arenas[nat_tag_arena(tag)].bins[nat_tag_class(tag)];
}

static void
link_slab(struct bin *bin, struct nat_slab *slab)
{
	slab->next = bin->partial;
	slab->link = &bin->partial;
	if (slab->next != NULL)
		slab->next->link = &slab->next;
	bin->partial = slab;
}

static void
unlink_slab(struct nat_slab *slab)
{
	*slab->link = slab->next;
	if (slab->next != NULL)
		slab->next->link = slab->link;
}

static struct nat_spares *
spares_of(unsigned int tag)
{
	return &arenas[nat_tag_arena(tag)].spares;
}

/* A new slab; where there are neighbours to keep away, with spares behind. */
static struct nat_slab *
create_slab(unsigned int tag, unsigned int kind)
{
	struct nat_slab *slab = nat_slab_create(tag, kind);

	if (slab != NULL && __atomic_load_n(&n_in_use, __ATOMIC_RELAXED) > 1)
		nat_spares_put(spares_of(tag), nat_slab_create_behind(slab));
	return slab;
}

/* One slab with free blocks at the head of the bin, or NULL. */
static struct nat_slab *
need_slab(struct bin *bin, unsigned int tag)
{
	const struct nat_shape *shape = &nat_shapes[nat_tag_class(tag)];
	struct nat_slab *slab = bin->partial;
	unsigned int kind;

	if (slab != NULL)
		return slab;
	kind = bin->bytes < MANY_BYTES ? shape->kind : shape->larger;
	slab = nat_spares_take(spares_of(tag), tag, kind);
	if (slab == NULL)
		slab = create_slab(tag, kind);
	if (slab != NULL) {
		link_slab(bin, slab);
		bin->bytes += nat_slab_bytes(slab);
		bin->n_empty++;
	}
	return slab;
}

/* Takes blocks that have storage, and looks after the bin's counts. */
static size_t
take_from(struct bin *bin, struct nat_slab *slab, void **blocks, size_t n)
{
	bool was_empty = slab->n_out == 0;
	size_t taken = nat_slab_take(slab, blocks, n);

	if (was_empty && taken > 0)
		bin->n_empty--;
	if (slab->n_out == slab->capacity)
		unlink_slab(slab);
	return taken;
}

/* There is no storage for fresh blocks: takes any that were used before. */
static size_t
take_leftovers(struct bin *bin, void **blocks, size_t n)
{
	struct nat_slab *slab, *next;
	size_t left = n;

	for (slab = bin->partial; slab != NULL && left > 0; slab = next) {
		next = slab->next;
		left -= take_from(bin, slab, blocks, left);
	}
	return n - left;
}

static bool
are_neighbours(const void *a, const void *b, size_t size)
{
	uintptr_t distance = (uintptr_t)b - (uintptr_t)a;

	return distance == size || distance == (uintptr_t)0 - size;
}

/*
 * Puts n blocks back. Slabs that became empty and are too many are added to
 * the list of doomed ones.
 */
static void
put_locked(struct bin *bin, unsigned int tag, void *const *blocks, size_t n,
	struct nat_slab **doomed)
{
	const struct nat_shape *shape = &nat_shapes[nat_tag_class(tag)];

	bin->n_out -= n;
	while (n > 0) {
		struct nat_slab *slab = nat_slab_of(tag, blocks[0]);
		bool was_full = slab->n_out == slab->capacity;
		size_t done = 1;

		if (n > LOOK_UP_AHEAD)
			nat_slab_prefetch_word(blocks[LOOK_UP_AHEAD]);
		if (n > PREFETCH_AHEAD)
			nat_slab_prefetch(blocks[PREFETCH_AHEAD]);
		if (n > 1 && are_neighbours(blocks[0], blocks[1], shape->size))
			done = nat_slab_put(slab, shape, blocks, n);
		else
			nat_slab_put_one(slab, shape, blocks[0]);
		blocks += done;
		n -= done;
		if (was_full)
			link_slab(bin, slab);
		if (slab->n_out > 0)
			continue;
		if (bin->n_empty < EMPTY_KEPT) {
			bin->n_empty++;
			continue;
		}
		unlink_slab(slab);
		bin->bytes -= nat_slab_bytes(slab);
		slab->next = *doomed;
		*doomed = slab;
	}
}

/* Puts back what other threads left. */
static void
put_waiting(struct bin *bin, unsigned int tag, struct nat_slab **doomed)
{
	struct nat_batch *batch;

	if (__atomic_load_n(&bin->waiting, __ATOMIC_RELAXED) == NULL)
		return;
	batch = __atomic_exchange_n(&bin->waiting, NULL, __ATOMIC_ACQUIRE);
	while (batch != NULL) {
		struct nat_batch *next = batch->next;

		put_locked(bin, tag, batch->blocks, batch->n, doomed);
		nat_meta_free(batch, batch->bytes);
		batch = next;
	}
}

size_t
nat_arena_take(
	struct nat_arena *arena, unsigned int class, void **blocks, size_t n)
{
	unsigned int tag = nat_arena_tag(arena) + class;
	struct bin *bin = &arena->bins[class];
	struct nat_slab *doomed = NULL;
	size_t left = n;

	pthread_mutex_lock(&bin->lock);
	put_waiting(bin, tag, &doomed);
	while (left > 0) {
		struct nat_slab *slab = need_slab(bin, tag);
		size_t taken;

		if (slab == NULL)
			break;
		taken = take_from(bin, slab, blocks, left);
		if (taken == 0 && nat_slab_carve(slab))
			taken = take_from(bin, slab, blocks, left);
		left -= taken;
		if (taken == 0) {
			left -= take_leftovers(bin, blocks, left);
			break;
		}
	}
	bin->n_out += n - left;
	pthread_mutex_unlock(&bin->lock);
	nat_spares_put(spares_of(tag), doomed);
	if (left > 0)
		memmove(blocks, blocks + left, (n - left) * sizeof(*blocks));
	return n - left;
}

void
nat_arena_put(unsigned int tag, void *const *blocks, size_t n)
{
	struct bin *bin = bin_of(tag);
	struct nat_slab *doomed = NULL;

	pthread_mutex_lock(&bin->lock);
	put_locked(bin, tag, blocks, n, &doomed);
	pthread_mutex_unlock(&bin->lock);
	nat_spares_put(spares_of(tag), doomed);
}

void
nat_arena_give(unsigned int tag, struct nat_batch *batch)
{
	struct bin *bin = bin_of(tag);
	struct nat_slab *doomed = NULL;

	batch->next = __atomic_load_n(&bin->waiting, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&bin->waiting, &batch->next, batch,
		true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
	/* the owner has enough to do; but nobody waits for it */
	if (pthread_mutex_trylock(&bin->lock) != 0)
		return;
	put_waiting(bin, tag, &doomed);
	pthread_mutex_unlock(&bin->lock);
	nat_spares_put(spares_of(tag), doomed);
}

/* Takes the slabs without blocks out of a bin, which is locked. */
static void
take_empty(struct bin *bin, struct nat_slab **doomed)
{
	struct nat_slab *slab, *next;

	for (slab = bin->partial; slab != NULL && bin->n_empty > 0;
		slab = next) {
		next = slab->next;
		if (slab->n_out > 0)
			continue;
		unlink_slab(slab);
		bin->n_empty--;
		bin->bytes -= nat_slab_bytes(slab);
		slab->next = *doomed;
		*doomed = slab;
	}
}

/* Gives the slabs of a bin that have no blocks to the spares. */
static void
trim_bin(struct bin *bin, unsigned int tag)
{
	struct nat_slab *doomed = NULL;

	pthread_mutex_lock(&bin->lock);
	put_waiting(bin, tag, &doomed);
	take_empty(bin, &doomed);
	pthread_mutex_unlock(&bin->lock);
	nat_spares_put(spares_of(tag), doomed);
}

bool
nat_arena_trim(void)
{
	bool was_any = false;

	for (unsigned int a = 0; a < n_arenas; a++) {
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			trim_bin(&arenas[a].bins[c],
				nat_arena_tag(&arenas[a]) + c);
		if (nat_spares_flush(&arenas[a].spares))
			was_any = true;
	}
	return was_any;
}

void
nat_arena_age(struct nat_arena *arena)
{
	nat_spares_age(&arena->spares);
}

size_t
nat_arena_bytes(size_t *active)
{
	size_t bytes = 0;

	*active = 0;
	for (unsigned int a = 0; a < n_arenas; a++) {
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
			struct bin *bin = &arenas[a].bins[c];

			trim_bin(bin, nat_arena_tag(&arenas[a]) + c);
			pthread_mutex_lock(&bin->lock);
			bytes += bin->n_out * nat_shapes[c].size;
			*active += bin->bytes;
			pthread_mutex_unlock(&bin->lock);
		}
	}
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
	}
}

void
nat_arena_unlock(void)
{
	for (unsigned int a = 0; a < n_arenas; a++) {
		pthread_mutex_unlock(&arenas[a].spares.lock);
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			pthread_mutex_unlock(&arenas[a].bins[c].lock);
	}
	pthread_mutex_unlock(&arenas_lock);
}
