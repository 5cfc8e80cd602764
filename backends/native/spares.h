/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slabs that have become empty, kept with their records for the same arena and
 * any class with slabs of that size: most slabs come and go without a call of
 * the core, whose lock all threads share. Bounded, and given back with the
 * blocks in the caches. Thread-safe.
 */
#ifndef NAT_SPARES_H
#define NAT_SPARES_H

#include "backends/native/slab.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes of one arena's, at most. */
#define NAT_SPARES_MAX ((size_t)8 << 20)

struct nat_spares {
	pthread_mutex_t lock;
	size_t bytes;
	struct nat_slab *slabs[NAT_SLAB_SIZES];
};

void nat_spares_init(
	struct nat_spares *spares, const pthread_mutexattr_t *attr);

/* A slab without blocks, whose pages have the tag; NULL where there is none. */
struct nat_slab *nat_spares_take(struct nat_spares *spares, unsigned int tag);

/* Keeps a list of slabs of one tag, or gives them back to the core. */
void nat_spares_put(struct nat_spares *spares, struct nat_slab *slabs);

/* Gives all back to the core; true where there was any. */
bool nat_spares_flush(struct nat_spares *spares);

#endif /* NAT_SPARES_H */
