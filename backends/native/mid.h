/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Medium blocks: extents of the size of their class. Freed ones are kept in the
 * arena whose thread allocated them, in one list per class, so that most of
 * these blocks come and go without a call of the core, whose lock all threads
 * share, and none pile up at a thread that only frees. The lists are bounded,
 * and what was not needed for a while is returned to the core: the low-water
 * mark of a cache, as in spares.h. Each class also has a slot for one extent,
 * which is exchanged without a lock. Thread-safe.
 */
#ifndef NAT_MID_H
#define NAT_MID_H

#include "backends/native/size_class.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAT_MID_CLASSES (NAT_CLASS_MID_LAST - NAT_CLASS_LAST)

struct vmmalloc_host;

struct nat_mid_list {
	uint32_t first; /* atomic; page of the latest, plus 1; 0: none */
	uint16_t n;
	uint16_t least; /* lowest n since nat_mid_age */
};

/* The free extents of an arena. */
struct nat_mid {
	void *slots[NAT_MID_CLASSES]; /* atomic */
	struct nat_mid_list lists[NAT_MID_CLASSES];
	size_t bytes; /* in the lists; atomic, written with the lock held */
	pthread_mutex_t lock;
} __attribute__((aligned(64)));

/* Indexed by the number of the arena. */
extern struct nat_mid *nat_mids __attribute__((visibility("hidden")));

/* To be called first, with one for each arena, all zero. */
void nat_mid_init(const struct vmmalloc_host *host, struct nat_mid *mids);
void nat_mid_init_one(struct nat_mid *mid, const pthread_mutexattr_t *attr);

/*
 * The class to use for each one: a larger one if its size is not a multiple of
 * the pool's page size.
 */
extern uint8_t nat_mid_classes[NAT_MID_CLASSES]
	__attribute__((visibility("hidden")));

static inline unsigned int
nat_mid_number(unsigned int cls)
{
	return cls - NAT_CLASS_LAST - 1;
}

/*
 * The class for a medium size. With pages of more than 4 KiB it may be another
 * one than nat_class_of's, or NAT_CLASS_LARGE.
 */
static inline unsigned int
nat_mid_class(size_t size)
{
	return nat_mid_classes[nat_mid_number(nat_class_of(size))];
}

/* As nat_mid_pop and nat_mid_push, but look only into the slot. */
static inline void *
nat_mid_pop_slot(struct nat_mid *mid, unsigned int cls)
{
	void **slot = &mid->slots[nat_mid_number(cls)];

	if (__atomic_load_n(slot, __ATOMIC_RELAXED) == NULL)
		return NULL;
	return __atomic_exchange_n(slot, NULL, __ATOMIC_ACQUIRE);
}

static inline bool
nat_mid_push_slot(struct nat_mid *mid, unsigned int cls, void *extent)
{
	void **slot = &mid->slots[nat_mid_number(cls)];
	void *expected = NULL;

	return __atomic_load_n(slot, __ATOMIC_RELAXED) == NULL &&
		__atomic_compare_exchange_n(slot, &expected, extent, false,
			__ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

/*
 * Takes a free extent of a class, or of one slightly above it, to which *cls
 * is then set. Its contents are undefined. NULL if there is none.
 */
void *nat_mid_pop(struct nat_mid *mid, unsigned int *cls);

/* Keeps a free extent; false if there are enough of them. */
bool nat_mid_push(struct nat_mid *mid, unsigned int cls, void *extent);

/* Returns to the core what was not needed since the last call. */
void nat_mid_age(struct nat_mid *mid);

/* Returns all free extents to the core; true if there were any. */
bool nat_mid_flush(struct nat_mid *mid);

/* Bytes of free extents. */
size_t nat_mid_bytes(struct nat_mid *mid);

#endif /* NAT_MID_H */
