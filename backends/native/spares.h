/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Extents of slabs that have become empty, kept for the next slabs of the same
 * arena, of any class with slabs of that size: most slabs come and go without
 * a call of the core, whose lock all threads share. Bounded, and given back
 * with the blocks in the caches. Thread-safe.
 */
#ifndef NAT_SPARES_H
#define NAT_SPARES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmmalloc_host;

/* Sizes of slabs: so many bytes, and twice, four and eight times as many. */
#define NAT_SPARE_UNIT ((size_t)16 << 10)
#define NAT_SPARE_SIZES 4u

/* Bytes of one arena's, at most. */
#define NAT_SPARES_MAX ((size_t)8 << 20)

struct nat_spare {
	char *start;
	size_t committed; /* bytes from the start on that have storage */
};

struct nat_spares {
	pthread_mutex_t lock;
	size_t bytes;
	unsigned int n[NAT_SPARE_SIZES];
	struct nat_spare spare[NAT_SPARE_SIZES]
			      [NAT_SPARES_MAX / NAT_SPARE_UNIT];
};

void nat_spares_init(
	struct nat_spares *spares, const pthread_mutexattr_t *attr);

/* An extent of this size; false where there is none. */
bool nat_spares_take(
	struct nat_spares *spares, size_t bytes, struct nat_spare *spare);

/* Keeps an extent of this size; false where there are too many. */
bool nat_spares_put(
	struct nat_spares *spares, size_t bytes, const struct nat_spare *spare);

/* Gives all back to the core; true where there was any. */
bool nat_spares_flush(
	struct nat_spares *spares, const struct vmmalloc_host *host);

#endif /* NAT_SPARES_H */
