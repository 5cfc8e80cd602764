/* SPDX-License-Identifier: BSD-3-Clause */
/* Purging the pages of a bin's thin slabs; see bin.h. */
#include "config.h"

#include "backends/native/bin.h"

#include "backends/native/map.h"
#include "backends/native/slab.h"

#include <stdbool.h>

/*
 * A bin keeps this many bytes of free blocks, and this part of the blocks
 * that are in use. The rest is purged if it was free since the last call: a
 * low-water mark, as in spares.c.
 */
#define KEEP_MIN ((size_t)64 << 10)
#define KEEP_SHIFT 3

/* Per call: slabs that are looked at, and calls of the core. */
#define SLABS_MAX 1024u
#define RUNS_MAX 128u

static uint64_t
bytes_to_purge(const struct nat_bin *bin)
{
	uint64_t keep = (bin->n_out * bin->shape->size) >> KEEP_SHIFT;

	if (keep < KEEP_MIN)
		keep = KEEP_MIN;
	return bin->least > keep ? bin->least - keep : 0;
}

/* Blocks are allocated from the first slab: it comes last, if at all. */
static struct nat_slab *
begin_at(const struct nat_bin *bin)
{
	if (bin->hand != NULL || bin->partial == NULL)
		return bin->hand;
	return nat_slab_cold(bin->partial)->next;
}

/* Purges about this much, from the slab on at which the last call stopped. */
static void
purge_slabs(struct nat_bin *bin, uint64_t left)
{
	struct nat_slab *slab = begin_at(bin);
	unsigned int runs = RUNS_MAX;

	for (unsigned int i = 0; i < SLABS_MAX && slab != NULL && left > 0;
		i++, slab = nat_slab_cold(slab)->next) {
		size_t bytes;
		bool is_done;

		if (slab->n_out > slab->capacity / 2)
			continue;
		is_done = nat_slab_purge(slab, &runs, &bytes);
		bin->purged += bytes;
		left -= bytes < left ? bytes : left;
		if (!is_done)
			break;
	}
	bin->hand = slab;
}

bool
nat_bin_purge(struct nat_bin *bin, bool may_be_busy)
{
	bool is_busy;

	if (__atomic_load_n(&bin->bytes, __ATOMIC_RELAXED) <= KEEP_MIN)
		return false;
	pthread_mutex_lock(&bin->lock);
	nat_bin_note_least(bin);
	is_busy = bin->least != nat_bin_free_bytes(bin) ||
		bin->n_out != bin->n_out_then;
	if (may_be_busy || !is_busy)
		purge_slabs(bin, bytes_to_purge(bin));
	bin->least = nat_bin_free_bytes(bin);
	bin->n_out_then = bin->n_out;
	pthread_mutex_unlock(&bin->lock);
	return is_busy && may_be_busy;
}
