/* SPDX-License-Identifier: BSD-3-Clause */
/* Empty slabs that are kept; see spares.h. */
#include "config.h"

#include "backends/native/spares.h"

#include "backends/native/map.h"

void
nat_spares_init(struct nat_spares *spares, const pthread_mutexattr_t *attr)
{
	pthread_mutex_init(&spares->lock, attr);
}

/* With the lock held; nat_spares_flush reads the number without it. */
static void
change_bytes(struct nat_spares *spares, size_t by)
{
	__atomic_store_n(&spares->bytes, spares->bytes + by, __ATOMIC_RELAXED);
}

struct nat_slab *
nat_spares_pop(struct nat_spares *spares, unsigned int tag, unsigned int span)
{
	struct nat_slab *slab;

	pthread_mutex_lock(&spares->lock);
	slab = spares->slabs[span];
	if (slab != NULL) {
		spares->slabs[span] = nat_slab_cold(slab)->next;
		change_bytes(spares, (size_t)0 - nat_slab_bytes(slab));
		if (--spares->n[span] < spares->least[span])
			spares->least[span]--;
		slab = nat_slab_reuse(slab, tag, &spares->records);
	}
	pthread_mutex_unlock(&spares->lock);
	return slab;
}

static void
destroy(struct nat_slab *slabs)
{
	while (slabs != NULL) {
		struct nat_slab *next = nat_slab_cold(slabs)->next;

		nat_slab_destroy(slabs);
		slabs = next;
	}
}

void
nat_spares_push(struct nat_spares *spares, struct nat_slab *slabs)
{
	if (slabs == NULL)
		return;
	pthread_mutex_lock(&spares->lock);
	while (slabs != NULL &&
		spares->bytes + nat_slab_bytes(slabs) <= nat_kept_max) {
		struct nat_slab_cold *cold = nat_slab_cold(slabs);
		struct nat_slab **list = &spares->slabs[cold->span];
		struct nat_slab *next = cold->next;

		nat_slab_retire(slabs);
		cold->next = *list;
		*list = slabs;
		change_bytes(spares, nat_slab_bytes(slabs));
		spares->n[cold->span]++;
		slabs = next;
	}
	pthread_mutex_unlock(&spares->lock);
	destroy(slabs);
}

/* Keeps the n slabs of a span that came last, and destroys the others. */
static void
trim_to(struct nat_spares *spares, unsigned int span, unsigned int n)
{
	struct nat_slab **list = &spares->slabs[span];
	struct nat_slab *slabs;

	for (unsigned int i = 0; i < n; i++)
		list = &nat_slab_cold(*list)->next;
	slabs = *list;
	*list = NULL;
	change_bytes(spares,
		(size_t)0 - (spares->n[span] - n) * nat_span_bytes[span]);
	spares->n[span] = n;
	spares->least[span] = n;
	destroy(slabs);
}

/*
 * Both functions below hold the lock to the end: a fork in between would lose
 * slabs in the child.
 */

void
nat_spares_age(struct nat_spares *spares)
{
	pthread_mutex_lock(&spares->lock);
	for (unsigned int i = 0; i < NAT_SPANS; i++)
		trim_to(spares, i, spares->n[i] - spares->least[i]);
	nat_meta_shelf_clear(&spares->records);
	pthread_mutex_unlock(&spares->lock);
}

bool
nat_spares_flush(struct nat_spares *spares)
{
	bool was_any;

	if (__atomic_load_n(&spares->bytes, __ATOMIC_RELAXED) == 0)
		return false;
	pthread_mutex_lock(&spares->lock);
	was_any = spares->bytes > 0;
	for (unsigned int i = 0; i < NAT_SPANS; i++)
		trim_to(spares, i, 0);
	nat_meta_shelf_clear(&spares->records);
	pthread_mutex_unlock(&spares->lock);
	return was_any;
}
