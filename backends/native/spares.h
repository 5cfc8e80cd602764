/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slabs that have become empty, kept with their records for the same arena and
 * any class with slabs of the kind: most slabs come and go without a call of
 * the core, whose lock all threads share. Bounded, and what was not wanted for
 * a while goes back: the low-water mark of a cache, as in core/idle.c.
 * Thread-safe.
 */
#ifndef NAT_SPARES_H
#define NAT_SPARES_H

#include "backends/native/slab.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct nat_spares {
	pthread_mutex_t lock;
	size_t bytes; /* atomic, written with the lock */
	struct nat_slab *slabs[NAT_SLAB_KINDS]; /* the latest first */
	unsigned int n[NAT_SLAB_KINDS];
	unsigned int least[NAT_SLAB_KINDS]; /* of n, since nat_spares_age */
	struct nat_meta_shelf records; /* that slabs had under another tag */
};

void nat_spares_init(
	struct nat_spares *spares, const pthread_mutexattr_t *attr);

/* A slab without blocks; its pages have the tag. NULL where there is none. */
struct nat_slab *nat_spares_take(
	struct nat_spares *spares, unsigned int tag, unsigned int kind);

/* Keeps a list of slabs, or gives them back to the core.
 */
void nat_spares_put(struct nat_spares *spares, struct nat_slab *slabs);

/* Gives back to the core what was not wanted since this was called last. */
void nat_spares_age(struct nat_spares *spares);

/* Gives all back to the core; true where there was any. */
bool nat_spares_flush(struct nat_spares *spares);

#endif /* NAT_SPARES_H */
