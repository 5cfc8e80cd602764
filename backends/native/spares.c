/* SPDX-License-Identifier: BSD-3-Clause */
/* Extents of slabs that are gone; see spares.h. */
#include "config.h"

#include "backends/native/spares.h"

#include "vmmalloc/backend.h"

void
nat_spares_init(struct nat_spares *spares, const pthread_mutexattr_t *attr)
{
	pthread_mutex_init(&spares->lock, attr);
}

/* 0 for one unit, 1 for two, 2 for four and so on. */
static unsigned int
index_of(size_t bytes)
{
	return (unsigned int)__builtin_ctzl(bytes / NAT_SPARE_UNIT);
}

bool
nat_spares_take(
	struct nat_spares *spares, size_t bytes, struct nat_spare *spare)
{
	unsigned int i = index_of(bytes);
	bool is_there;

	pthread_mutex_lock(&spares->lock);
	is_there = spares->n[i] > 0;
	if (is_there) {
		*spare = spares->spare[i][--spares->n[i]];
		spares->bytes -= bytes;
	}
	pthread_mutex_unlock(&spares->lock);
	return is_there;
}

bool
nat_spares_put(
	struct nat_spares *spares, size_t bytes, const struct nat_spare *spare)
{
	unsigned int i = index_of(bytes);
	bool has_room;

	pthread_mutex_lock(&spares->lock);
	has_room = spares->bytes + bytes <= NAT_SPARES_MAX;
	if (has_room) {
		spares->spare[i][spares->n[i]++] = *spare;
		spares->bytes += bytes;
	}
	pthread_mutex_unlock(&spares->lock);
	return has_room;
}

bool
nat_spares_flush(struct nat_spares *spares, const struct vmmalloc_host *host)
{
	bool was_any;

	pthread_mutex_lock(&spares->lock);
	was_any = spares->bytes > 0;
	for (unsigned int i = 0; i < NAT_SPARE_SIZES; i++)
		while (spares->n[i] > 0)
			host->extent_free(
				spares->spare[i][--spares->n[i]].start,
				NAT_SPARE_UNIT << i);
	spares->bytes = 0;
	pthread_mutex_unlock(&spares->lock);
	return was_any;
}
