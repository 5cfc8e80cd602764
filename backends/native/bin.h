/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bins: the slabs of one tag, under a lock of their own. Threads come here only
 * to move batches between slabs and their caches, or with one block where they
 * have no cache.
 *
 * Threads of other arenas do not wait for a bin's lock: they push their batches
 * onto a list of the bin, and the next thread that acquires the lock returns
 * the blocks to the slabs, as with the messages of snmalloc (Lietar et al.,
 * ISMM 2019) and the delayed frees of mimalloc (Leijen et al., APLAS 2019), but
 * without a write to the blocks. Empty batches go back on another list of the
 * bin, so that no lock is shared by all threads that free remotely.
 */
#ifndef NAT_BIN_H
#define NAT_BIN_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct nat_shape;
struct nat_slab;
struct nat_spares;

/* Freed blocks of one tag on their way to its bin. */
struct nat_batch {
	struct nat_batch *next;
	uint32_t n;
	uint32_t bytes; /* of this record */
	void *none;	/* NULL: what lies below the blocks, seen as a stack */
	void *blocks[];
};

struct nat_bin {
	pthread_mutex_t lock;
	struct nat_slab *partial; /* slabs with free blocks */
	unsigned int n_empty;	  /* of them, with free blocks only; atomic */
	unsigned int tag;
	uint64_t bytes; /* of slabs */
	uint64_t n_out; /* blocks taken and not put back */
	const struct nat_shape *shape;
	struct nat_spares *spares;

	/* what other threads write, without the lock */
	struct nat_batch *waiting __attribute__((aligned(64)));
	struct nat_batch *unused; /* empty, by next */
} __attribute__((aligned(64)));

/* A bin, zeroed so far, whose slabs come from and go to these spares. */
void nat_bin_init(struct nat_bin *bin, unsigned int tag,
	struct nat_spares *spares, const pthread_mutexattr_t *attr);

/*
 * How many arenas have threads, for them to count: where it is more than one, a
 * new slab gets spares behind it.
 */
extern unsigned int nat_bin_arenas __attribute__((visibility("hidden")));

/* As nat_arena_take, nat_arena_put and nat_arena_give. */
size_t nat_bin_take(struct nat_bin *bin, void **blocks, size_t n);
void nat_bin_put(struct nat_bin *bin, void *const *blocks, size_t n);
void nat_bin_give(struct nat_bin *bin, struct nat_batch *batch);

/* As nat_arena_take_batch and nat_arena_put_batch. */
struct nat_batch *nat_bin_take_batch(struct nat_bin *bin, size_t bytes);
void nat_bin_put_batch(struct nat_bin *bin, struct nat_batch *batch);

/* Gives slabs without blocks to the spares. */
void nat_bin_trim(struct nat_bin *bin);

/* Bytes of blocks that were taken; adds those of the slabs to *active. */
size_t nat_bin_bytes(struct nat_bin *bin, size_t *active);

#endif /* NAT_BIN_H */
