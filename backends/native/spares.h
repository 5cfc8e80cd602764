/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Empty slabs, kept with their metadata for the same arena and any class with
 * slabs of the same span: most slabs come and go without a call of the core,
 * whose lock all threads share. Their bytes are bounded, and slabs that were
 * not needed for a while are returned to the core: the low-water mark of a
 * cache, as in core/idle.c. Thread-safe.
 */
#ifndef NAT_SPARES_H
#define NAT_SPARES_H

#include "backends/native/slab.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct nat_spares {
	pthread_mutex_t lock;
	size_t bytes; /* atomic, written with the lock held */
	struct nat_slab *slabs[NAT_SPANS]; /* the latest first */
	unsigned int n[NAT_SPANS];
	unsigned int least[NAT_SPANS]; /* lowest n since nat_spares_age */
	struct nat_meta_shelf records; /* of slabs under earlier tags */
};

void nat_spares_init(
	struct nat_spares *spares, const pthread_mutexattr_t *attr);

/* Returns an empty slab whose pages have the tag. NULL if there is none. */
struct nat_slab *nat_spares_pop(
	struct nat_spares *spares, unsigned int tag, unsigned int span);

/*
 * Keeps a list of empty slabs; returns those beyond the bound to the core. The
 * caller holds a lock that fork acquires as well: a fork in between would lose
 * slabs in the child.
 */
void nat_spares_push(struct nat_spares *spares, struct nat_slab *slabs);

/* Returns to the core what was not needed since the last call. */
void nat_spares_age(struct nat_spares *spares);

/* Returns all slabs to the core; true if there were any. */
bool nat_spares_flush(struct nat_spares *spares);

#endif /* NAT_SPARES_H */
