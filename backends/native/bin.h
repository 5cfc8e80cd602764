/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bin has the slabs of one tag, under a lock of its own. Threads use it only
 * to move batches between slabs and their caches, or one block if they have no
 * cache.
 *
 * Threads of other arenas do not wait for a bin's lock: they push their batches
 * onto a list of the bin, and the next thread that acquires the lock returns
 * the blocks to the slabs, as with the messages of snmalloc (Lietar et al.,
 * ISMM 2019) and the delayed frees of mimalloc (Leijen et al., APLAS 2019), but
 * without a write to the blocks. Empty batches are kept on a second list of the
 * bin, so that no lock is shared by all threads that free remotely.
 */
#ifndef NAT_BIN_H
#define NAT_BIN_H

#include "backends/native/shape.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nat_slab;
struct nat_spares;

/* Freed blocks of one tag on their way to its bin. */
struct nat_batch {
	struct nat_batch *next;
	uint32_t n;
	uint32_t bytes; /* allocated for this batch */
	void *below[2]; /* NULL: entries below base if the blocks are a stack */
	void *blocks[];
};

struct nat_bin {
	pthread_mutex_t lock;
	struct nat_slab *partial; /* slabs with free blocks */
	unsigned int n_empty;	  /* those without used blocks; atomic */
	unsigned int tag;
	uint64_t bytes; /* of slabs; atomic */
	uint64_t n_out; /* blocks allocated and not freed */
	const struct nat_shape *shape;
	struct nat_spares *spares;
	struct nat_slab *hand; /* where nat_bin_purge goes on, or NULL */
	uint64_t purged;       /* bytes of purged pages in slabs */
	uint64_t least;	       /* lowest nat_bin_free_bytes since a purge */
	uint64_t n_out_then;   /* n_out at the last purge */

	/* other threads write these without the lock */
	struct nat_batch *waiting __attribute__((aligned(64)));
	struct nat_batch *unused; /* empty batches, linked by next */
} __attribute__((aligned(64)));

/* Initializes a zeroed bin, whose slabs come from and go to these spares. */
void nat_bin_init(struct nat_bin *bin, unsigned int tag,
	struct nat_spares *spares, const pthread_mutexattr_t *attr);

/*
 * The number of arenas that have threads; atomic, maintained by arena.c. If it
 * is more than one, a bin that creates a slab also creates spares behind it.
 */
extern unsigned int nat_bin_arenas __attribute__((visibility("hidden")));

/*
 * Allocates up to n blocks and stores them in blocks[], in reverse order: the
 * last one is to be used first. Returns how many: fewer than n only if the pool
 * is exhausted.
 */
size_t nat_bin_alloc(struct nat_bin *bin, void **blocks, size_t n);

/* Frees n blocks of the bin's tag. */
void nat_bin_free(struct nat_bin *bin, void *const *blocks, size_t n);

/*
 * Hands over a batch of blocks of the bin's tag without waiting for its lock:
 * the next thread that acquires it frees the blocks.
 */
void nat_bin_push_batch(struct nat_bin *bin, struct nat_batch *batch);

/*
 * nat_bin_alloc_batch returns an empty batch of this many bytes, which must
 * always be the same for a bin; NULL with ENOMEM. nat_bin_free_batch takes back
 * a batch that is empty.
 */
struct nat_batch *nat_bin_alloc_batch(struct nat_bin *bin, size_t bytes);
void nat_bin_free_batch(struct nat_bin *bin, struct nat_batch *batch);

/*
 * Frees the blocks that wait, moves empty slabs to the spares and recycles
 * unused batches.
 */
void nat_bin_trim(struct nat_bin *bin);

/*
 * Purges pages on which no block lives if the bin has had more free blocks than
 * it needs since the last call. A bin from which, or to which, blocks went
 * since then is busy, and left alone unless it may be. Returns whether it was
 * busy and not left alone.
 */
bool nat_bin_purge(struct nat_bin *bin, bool may_be_busy);

/*
 * Bytes of slabs that are in no used block and not purged. With the lock held.
 */
static inline uint64_t
nat_bin_free_bytes(const struct nat_bin *bin)
{
	return bin->bytes - bin->n_out * bin->shape->size - bin->purged;
}

/* Updates bin->least, after blocks were allocated. With the lock held. */
static inline void
nat_bin_note_least(struct nat_bin *bin)
{
	uint64_t bytes = nat_bin_free_bytes(bin);

	if (bytes < bin->least)
		bin->least = bytes;
}

/*
 * Bytes of the blocks that are allocated; adds the bytes of the slabs to
 * *active.
 */
size_t nat_bin_bytes(struct nat_bin *bin, size_t *active);

#endif /* NAT_BIN_H */
