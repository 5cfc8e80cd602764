/* SPDX-License-Identifier: BSD-3-Clause */
/* The free extents for medium blocks; see mid.h. */
#include "config.h"

#include "backends/native/mid.h"

#include "backends/native/extent.h"
#include "backends/native/map.h"
#include "base/hot.h"
#include "vmmalloc/backend.h"

static const struct vmmalloc_host *host VMM_HOT_DATA;

/*
 * If a class has no free extent, one of the next classes is used, up to this
 * many above it: at most a third of it is then unused, in addition to the
 * rounding of the size.
 */
#define LARGER_CLASSES 4u

struct nat_mid *nat_mids VMM_HOT_DATA;
uint8_t nat_mid_classes[NAT_MID_CLASSES] VMM_HOT_DATA;

static size_t
list_size(unsigned int number)
{
	return nat_class_size(NAT_CLASS_LAST + 1 + number);
}

void
nat_mid_init(const struct vmmalloc_host *the_host, struct nat_mid *mids)
{
	unsigned int cls = NAT_CLASS_LARGE;

	host = the_host;
	for (unsigned int i = NAT_MID_CLASSES; i-- > 0;) {
		if (list_size(i) % host->page_size == 0)
			cls = NAT_CLASS_LAST + 1 + i;
		nat_mid_classes[i] = (uint8_t)cls;
	}
	nat_mids = mids;
}

void
nat_mid_init_one(struct nat_mid *mid, const pthread_mutexattr_t *attr)
{
	pthread_mutex_init(&mid->lock, attr);
}

static char *
extent_at(uint32_t page)
{
	return (char *)host->pool_base + ((size_t)(page - 1) << NAT_PAGE_SHIFT);
}

static uint32_t
page_of(const char *extent)
{
	size_t offset = (size_t)(extent - (char *)host->pool_base);

	return (uint32_t)(offset >> NAT_PAGE_SHIFT) + 1;
}

/* With the lock held; is_empty reads the number without it. */
static void
change_bytes(struct nat_mid *mid, size_t by)
{
	__atomic_store_n(&mid->bytes, mid->bytes + by, __ATOMIC_RELAXED);
}

static void
link_extent(struct nat_mid *mid, unsigned int number, char *extent)
{
	struct nat_mid_list *list = &mid->lists[number];

	/* the next is stored in the page map: the extent is not touched */
	*nat_map_word(extent) = list->first;
	__atomic_store_n(&list->first, page_of(extent), __ATOMIC_RELAXED);
	list->n++;
	change_bytes(mid, list_size(number));
}

static char *
unlink_first(struct nat_mid *mid, unsigned int number)
{
	struct nat_mid_list *list = &mid->lists[number];
	char *extent = extent_at(list->first);

	__atomic_store_n(&list->first, *nat_map_word(extent), __ATOMIC_RELAXED);
	*nat_map_word(extent) = 0;
	list->n--;
	change_bytes(mid, (size_t)0 - list_size(number));
	return extent;
}

/* As nat_mid_pop, but for this class only. */
static void *
pop_exact(struct nat_mid *mid, unsigned int cls)
{
	unsigned int number = nat_mid_number(cls);
	struct nat_mid_list *list = &mid->lists[number];
	void *extent = nat_mid_pop_slot(mid, cls);

	if (extent != NULL ||
		__atomic_load_n(&list->first, __ATOMIC_RELAXED) == 0)
		return extent;
	pthread_mutex_lock(&mid->lock);
	if (list->first != 0) {
		extent = unlink_first(mid, number);
		if (list->n < list->least)
			list->least = list->n;
	}
	pthread_mutex_unlock(&mid->lock);
	return extent;
}

void *
nat_mid_pop(struct nat_mid *mid, unsigned int *cls)
{
	for (unsigned int c = *cls;
		c <= *cls + LARGER_CLASSES && c <= NAT_CLASS_MID_LAST; c++) {
		void *extent = pop_exact(mid, c);

		if (extent != NULL) {
			*cls = c;
			return extent;
		}
	}
	return NULL;
}

bool
nat_mid_push(struct nat_mid *mid, unsigned int cls, void *extent)
{
	unsigned int number = nat_mid_number(cls);
	bool is_kept;

	if (nat_mid_push_slot(mid, cls, extent))
		return true;
	pthread_mutex_lock(&mid->lock);
	is_kept = mid->bytes + list_size(number) <= nat_kept_max;
	if (is_kept)
		link_extent(mid, number, extent);
	pthread_mutex_unlock(&mid->lock);
	return is_kept;
}

/* Keeps the n extents that were freed last, and returns the others. */
static void
trim_to(struct nat_mid *mid, unsigned int number, unsigned int n)
{
	struct nat_mid_list *list = &mid->lists[number];
	uint32_t *link = &list->first;
	size_t size = list_size(number);
	uint32_t page;

	for (unsigned int i = 0; i < n; i++)
		link = nat_map_word(extent_at(*link));
	page = *link;
	__atomic_store_n(link, 0, __ATOMIC_RELAXED);
	change_bytes(mid, (size_t)0 - (list->n - n) * size);
	list->n = (uint16_t)n;
	while (page != 0) {
		char *extent = extent_at(page);

		page = *nat_map_word(extent);
		*nat_map_word(extent) = 0;
		nat_extent_free(extent, size);
	}
}

/*
 * Moves the extent in the slot to the head of the list, whether it was freed
 * last or earlier. With the lock held.
 */
static void
empty_slot(struct nat_mid *mid, unsigned int number)
{
	char *extent = __atomic_exchange_n(
		&mid->slots[number], NULL, __ATOMIC_ACQUIRE);

	if (extent != NULL)
		link_extent(mid, number, extent);
}

static bool
is_empty(const struct nat_mid *mid)
{
	for (unsigned int i = 0; i < NAT_MID_CLASSES; i++)
		if (__atomic_load_n(&mid->slots[i], __ATOMIC_RELAXED) != NULL)
			return false;
	return __atomic_load_n(&mid->bytes, __ATOMIC_RELAXED) == 0;
}

/*
 * Both functions below hold the lock to the end: a fork in between would lose
 * extents in the child.
 */

void
nat_mid_age(struct nat_mid *mid)
{
	if (is_empty(mid))
		return;
	pthread_mutex_lock(&mid->lock);
	for (unsigned int i = 0; i < NAT_MID_CLASSES; i++) {
		trim_to(mid, i, mid->lists[i].n - mid->lists[i].least);
		empty_slot(mid, i);
		mid->lists[i].least = mid->lists[i].n;
	}
	pthread_mutex_unlock(&mid->lock);
}

bool
nat_mid_flush(struct nat_mid *mid)
{
	bool was_any;

	if (is_empty(mid))
		return false;
	pthread_mutex_lock(&mid->lock);
	for (unsigned int i = 0; i < NAT_MID_CLASSES; i++)
		empty_slot(mid, i);
	was_any = mid->bytes > 0;
	for (unsigned int i = 0; i < NAT_MID_CLASSES; i++) {
		trim_to(mid, i, 0);
		mid->lists[i].least = 0;
	}
	pthread_mutex_unlock(&mid->lock);
	return was_any;
}

size_t
nat_mid_bytes(struct nat_mid *mid)
{
	size_t bytes;

	pthread_mutex_lock(&mid->lock);
	bytes = mid->bytes;
	pthread_mutex_unlock(&mid->lock);
	for (unsigned int i = 0; i < NAT_MID_CLASSES; i++)
		if (__atomic_load_n(&mid->slots[i], __ATOMIC_RELAXED) != NULL)
			bytes += list_size(i);
	return bytes;
}
