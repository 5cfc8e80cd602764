/* SPDX-License-Identifier: BSD-3-Clause */
/* The slabs of one tag; see bin.h. */
#include "config.h"

#include "backends/native/bin.h"

#include "backends/native/fatal.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/slab.h"
#include "backends/native/spares.h"
#include "base/hot.h"

#include <stdbool.h>
#include <string.h>

/* Empty slabs that a bin keeps: the next malloc may need one. */
#define EMPTY_KEPT 1u

/* A bin with this many bytes of slabs creates larger ones. */
#define MANY_BYTES ((size_t)1 << 20)

/* How many blocks ahead the metadata of slabs is prefetched, and looked up. */
#define PREFETCH_AHEAD 16u
#define LOOK_UP_AHEAD 32u

unsigned int nat_bin_arenas VMM_HOT_DATA;

void
nat_bin_init(struct nat_bin *bin, unsigned int tag, struct nat_spares *spares,
	const pthread_mutexattr_t *attr)
{
	pthread_mutex_init(&bin->lock, attr);
	bin->tag = tag;
	bin->shape = &nat_shapes[nat_tag_class(tag)];
	bin->spares = spares;
}

/* The caller holds the bin's lock; nat_bin_trim reads n_empty without it. */
static void
change_empty(struct nat_bin *bin, int by)
{
	__atomic_store_n(&bin->n_empty, bin->n_empty + (unsigned int)by,
		__ATOMIC_RELAXED);
}

/* The same for the bytes of slabs, which nat_bin_purge reads without it. */
static void
change_bytes(struct nat_bin *bin, size_t by)
{
	__atomic_store_n(&bin->bytes, bin->bytes + by, __ATOMIC_RELAXED);
}

static void
link_slab(struct nat_bin *bin, struct nat_slab *slab)
{
	struct nat_slab_cold *cold = nat_slab_cold(slab);

	cold->next = bin->partial;
	cold->link = &bin->partial;
	if (cold->next != NULL)
		nat_slab_cold(cold->next)->link = &cold->next;
	bin->partial = slab;
}

static void
unlink_slab(struct nat_bin *bin, struct nat_slab *slab)
{
	struct nat_slab_cold *cold = nat_slab_cold(slab);

	if (bin->hand == slab)
		bin->hand = cold->next;
	*cold->link = cold->next;
	if (cold->next != NULL)
		nat_slab_cold(cold->next)->link = cold->link;
}

/* Work that is left before the lock of a bin is released, and after. */
struct later {
	struct nat_slab *doomed; /* slabs for the spares, linked by next */
	struct nat_misuse misuse;
};

/* Moves an empty slab from the bin to the doomed ones. */
static void
remove_slab(struct nat_bin *bin, struct nat_slab *slab, struct later *later)
{
	unlink_slab(bin, slab);
	change_bytes(bin, (size_t)0 - nat_slab_bytes(slab));
	bin->purged -= nat_slab_purged_bytes(slab);
	nat_slab_cold(slab)->next = later->doomed;
	later->doomed = slab;
}

/*
 * The doomed slabs are in no list. Another thread that forked now would lose
 * them in its child, but fork acquires the bin's lock: so they become spares,
 * or free extents, before this thread releases it.
 */
static void
unlock(struct nat_bin *bin, const struct later *later)
{
	nat_spares_push(bin->spares, later->doomed);
	pthread_mutex_unlock(&bin->lock);
	if (__builtin_expect(later->misuse.what != NULL, 0))
		nat_fatal(later->misuse.what, later->misuse.block);
}

/* Creates a slab; if other arenas have threads, also spares behind it. */
static struct nat_slab *
create_slab(struct nat_bin *bin, unsigned int span)
{
	struct nat_slab *slab = nat_slab_create(bin->tag, span);

	if (slab != NULL &&
		__atomic_load_n(&nat_bin_arenas, __ATOMIC_RELAXED) > 1)
		nat_spares_push(bin->spares, nat_slab_create_behind(slab));
	return slab;
}

/*
 * Returns a slab with free blocks, at the head of the bin; takes one of the
 * spares or creates one if the bin has none. NULL if there is no memory.
 */
static struct nat_slab *
need_slab(struct nat_bin *bin)
{
	const struct nat_shape *shape = bin->shape;
	struct nat_slab *slab = bin->partial;
	unsigned int span;

	if (slab != NULL)
		return slab;
	span = bin->bytes < MANY_BYTES ? shape->span : shape->larger;
	slab = nat_spares_pop(bin->spares, bin->tag, span);
	if (slab == NULL)
		slab = create_slab(bin, span);
	if (slab != NULL) {
		link_slab(bin, slab);
		change_bytes(bin, nat_slab_bytes(slab));
		bin->purged += nat_slab_purged_bytes(slab);
		change_empty(bin, 1);
	}
	return slab;
}

/*
 * Allocates carved blocks, and updates the bin's list and its count of empty
 * slabs.
 */
static size_t
alloc_from(struct nat_bin *bin, struct nat_slab *slab, void **blocks, size_t n)
{
	bool was_empty = slab->n_out == 0;
	size_t taken = nat_slab_alloc(slab, blocks, n);

	if (was_empty && taken > 0)
		change_empty(bin, -1);
	if (slab->n_out == slab->capacity)
		unlink_slab(bin, slab);
	return taken;
}

/* Allocates carved blocks from all partial slabs, because no more can be
 * committed. With the lock held. */
static size_t
alloc_leftovers(struct nat_bin *bin, void **blocks, size_t n)
{
	struct nat_slab *slab, *next;
	size_t left = n;

	for (slab = bin->partial; slab != NULL && left > 0; slab = next) {
		next = nat_slab_cold(slab)->next;
		left -= alloc_from(bin, slab, blocks, left);
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
 * Frees n blocks with the lock held; stops, and sets later->misuse, at the
 * first pointer that is not a used block. Slabs that became empty and exceed
 * EMPTY_KEPT are moved to later->doomed.
 */
static void
free_locked(
	struct nat_bin *bin, void *const *blocks, size_t n, struct later *later)
{
	const struct nat_shape *shape = bin->shape;

	bin->n_out -= n;
	while (n > 0) {
		struct nat_slab *slab = nat_slab_of(bin->tag, blocks[0]);
		bool was_full;
		size_t done;

		if (__builtin_expect(slab == NULL, 0)) {
			later->misuse.what = "invalid or double free of";
			later->misuse.block = blocks[0];
			return;
		}
		was_full = slab->n_out == slab->capacity;
		if (n > LOOK_UP_AHEAD)
			nat_slab_prefetch_word(blocks[LOOK_UP_AHEAD]);
		if (n > PREFETCH_AHEAD)
			nat_slab_prefetch(blocks[PREFETCH_AHEAD]);
		if (n > 1 && are_neighbours(blocks[0], blocks[1], shape->size))
			done = nat_slab_free(
				slab, shape, blocks, n, &later->misuse);
		else
			done = nat_slab_free_one(
				slab, shape, blocks[0], &later->misuse);
		blocks += done;
		n -= done;
		if (was_full && slab->n_out < slab->capacity)
			link_slab(bin, slab);
		if (__builtin_expect(later->misuse.what != NULL, 0))
			return;
		if (slab->n_out > 0)
			continue;
		if (bin->n_empty < EMPTY_KEPT) {
			change_empty(bin, 1);
			continue;
		}
		remove_slab(bin, slab, later);
	}
}

/* Pushes the batches from first to last onto the list, without a lock. */
static void
push_batches(struct nat_batch **list, struct nat_batch *first,
	struct nat_batch *last)
{
	last->next = __atomic_load_n(list, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(list, &last->next, first, true,
		__ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

static struct nat_batch *
pop_batches(struct nat_batch **list)
{
	if (__atomic_load_n(list, __ATOMIC_RELAXED) == NULL)
		return NULL;
	return __atomic_exchange_n(list, NULL, __ATOMIC_ACQUIRE);
}

void
nat_bin_free_batch(struct nat_bin *bin, struct nat_batch *batch)
{
	push_batches(&bin->unused, batch, batch);
}

/*
 * Takes the whole list, keeps one batch and puts the others back. A pop of a
 * single batch would not be safe without a lock: between the load of its
 * successor and the exchange, other threads could pop the batch and push it
 * again.
 */
struct nat_batch *
nat_bin_alloc_batch(struct nat_bin *bin, size_t bytes)
{
	struct nat_batch *batch = pop_batches(&bin->unused);
	struct nat_batch *rest, *expected = NULL;

	if (batch == NULL) {
		batch = nat_meta_alloc(bytes);
		if (batch != NULL)
			batch->bytes = (uint32_t)bytes;
		return batch;
	}
	rest = batch->next;
	if (rest != NULL &&
		!__atomic_compare_exchange_n(&bin->unused, &expected, rest,
			false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
		struct nat_batch *last = rest;

		while (last->next != NULL)
			last = last->next;
		push_batches(&bin->unused, rest, last);
	}
	return batch;
}

/* Frees the blocks in batches that other threads pushed. With the lock held. */
static void
free_waiting(struct nat_bin *bin, struct later *later)
{
	struct nat_batch *batch = pop_batches(&bin->waiting);

	while (batch != NULL) {
		struct nat_batch *next = batch->next;

		free_locked(bin, batch->blocks, batch->n, later);
		nat_bin_free_batch(bin, batch);
		batch = next;
	}
}

/* Commits blocks of a slab whose committed ones are all in use. */
static bool
carve(struct nat_bin *bin, struct nat_slab *slab, size_t n)
{
	size_t purged = nat_slab_purged_bytes(slab);
	/* most programs need only a few blocks of many classes */
	bool is_first = slab->carved == 0 && bin->bytes == nat_slab_bytes(slab);

	if (!nat_slab_carve(slab, is_first ? n : 0))
		return false;
	bin->purged -= purged - nat_slab_purged_bytes(slab);
	return true;
}

size_t
nat_bin_alloc(struct nat_bin *bin, void **blocks, size_t n)
{
	struct later later = { 0 };
	size_t left = n;

	pthread_mutex_lock(&bin->lock);
	free_waiting(bin, &later);
	while (left > 0) {
		struct nat_slab *slab = need_slab(bin);
		size_t taken;

		if (slab == NULL)
			break;
		taken = alloc_from(bin, slab, blocks, left);
		if (taken == 0 && carve(bin, slab, left))
			taken = alloc_from(bin, slab, blocks, left);
		left -= taken;
		if (taken == 0) {
			left -= alloc_leftovers(bin, blocks, left);
			break;
		}
	}
	bin->n_out += n - left;
	nat_bin_note_least(bin);
	unlock(bin, &later);
	if (left > 0)
		memmove(blocks, blocks + left, (n - left) * sizeof(*blocks));
	return n - left;
}

void
nat_bin_free(struct nat_bin *bin, void *const *blocks, size_t n)
{
	struct later later = { 0 };

	pthread_mutex_lock(&bin->lock);
	free_locked(bin, blocks, n, &later);
	unlock(bin, &later);
}

void
nat_bin_push_batch(struct nat_bin *bin, struct nat_batch *batch)
{
	struct later later = { 0 };

	push_batches(&bin->waiting, batch, batch);
	/* spare the owner this work, but do not wait for the lock */
	if (pthread_mutex_trylock(&bin->lock) != 0)
		return;
	free_waiting(bin, &later);
	unlock(bin, &later);
}

/* Moves the bin's empty slabs to later->doomed. With the lock held. */
static void
remove_empty(struct nat_bin *bin, struct later *later)
{
	struct nat_slab *slab, *next;

	for (slab = bin->partial; slab != NULL && bin->n_empty > 0;
		slab = next) {
		next = nat_slab_cold(slab)->next;
		if (slab->n_out > 0)
			continue;
		change_empty(bin, -1);
		remove_slab(bin, slab, later);
	}
}

void
nat_bin_trim(struct nat_bin *bin)
{
	struct later later = { 0 };
	struct nat_batch *batch = pop_batches(&bin->unused);

	while (batch != NULL) {
		struct nat_batch *next = batch->next;

		nat_meta_free(batch, batch->bytes);
		batch = next;
	}
	/* most bins have nothing to return: leave their locks alone */
	if (__atomic_load_n(&bin->waiting, __ATOMIC_RELAXED) == NULL &&
		__atomic_load_n(&bin->n_empty, __ATOMIC_RELAXED) == 0)
		return;
	pthread_mutex_lock(&bin->lock);
	free_waiting(bin, &later);
	remove_empty(bin, &later);
	unlock(bin, &later);
}

size_t
nat_bin_bytes(struct nat_bin *bin, size_t *active)
{
	size_t bytes;

	nat_bin_trim(bin);
	pthread_mutex_lock(&bin->lock);
	bytes = bin->n_out * bin->shape->size;
	*active += bin->bytes;
	pthread_mutex_unlock(&bin->lock);
	return bytes;
}
