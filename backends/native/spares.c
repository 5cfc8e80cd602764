/* SPDX-License-Identifier: BSD-3-Clause */
/* Slabs that have become empty; see spares.h. */
#include "config.h"

#include "backends/native/spares.h"

#include "backends/native/map.h"

void
nat_spares_init(struct nat_spares *spares, const pthread_mutexattr_t *attr)
{
	pthread_mutex_init(&spares->lock, attr);
}

struct nat_slab *
nat_spares_take(struct nat_spares *spares, unsigned int tag)
{
	const struct nat_shape *shape = &nat_shapes[nat_tag_class(tag)];
	struct nat_slab *slab;

	pthread_mutex_lock(&spares->lock);
	slab = spares->slabs[shape->kind];
	if (slab != NULL) {
		spares->slabs[shape->kind] = slab->next;
		spares->bytes -= shape->bytes;
	}
	pthread_mutex_unlock(&spares->lock);
	if (slab != NULL)
		nat_slab_reuse(slab, tag);
	return slab;
}

static void
destroy(struct nat_slab *slabs)
{
	while (slabs != NULL) {
		struct nat_slab *next = slabs->next;

		nat_slab_destroy(slabs);
		slabs = next;
	}
}

void
nat_spares_put(struct nat_spares *spares, struct nat_slab *slabs)
{
	const struct nat_shape *shape;
	struct nat_slab **list;

	if (slabs == NULL)
		return;
	shape = &nat_shapes[nat_tag_class(slabs->tag)];
	list = &spares->slabs[shape->kind];
	pthread_mutex_lock(&spares->lock);
	while (slabs != NULL &&
		spares->bytes + shape->bytes <= NAT_SPARES_MAX) {
		struct nat_slab *next = slabs->next;

		nat_slab_retire(slabs);
		slabs->next = *list;
		*list = slabs;
		spares->bytes += shape->bytes;
		slabs = next;
	}
	pthread_mutex_unlock(&spares->lock);
	destroy(slabs);
}

bool
nat_spares_flush(struct nat_spares *spares)
{
	bool was_any;

	/* locked to the end: a fork in between would lose them in the child */
	pthread_mutex_lock(&spares->lock);
	was_any = spares->bytes > 0;
	for (unsigned int i = 0; i < NAT_SLAB_SIZES; i++) {
		destroy(spares->slabs[i]);
		spares->slabs[i] = NULL;
	}
	spares->bytes = 0;
	pthread_mutex_unlock(&spares->lock);
	return was_any;
}
