/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for metadata; see meta.h. */
#include "config.h"

#include "backends/native/meta.h"
#include "base/hot.h"
#include "base/linux_sys.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Memory is made accessible in steps of this size, so that strict overcommit
 * does not account for the whole reservation.
 */
#define STEP ((size_t)128 << 10)

struct nat_meta_unused {
	struct nat_meta_unused *next;
};

#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
/* held for less time than it takes to sleep and wake up */
static pthread_mutex_t lock VMM_HOT_DATA =
	PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
#else
static pthread_mutex_t lock VMM_HOT_DATA = PTHREAD_MUTEX_INITIALIZER;
#endif
char *nat_meta_base VMM_HOT_DATA;

static char *next VMM_HOT_DATA_ALONE, *usable VMM_HOT_DATA_ALONE,
	*end VMM_HOT_DATA_ALONE;
static struct nat_meta_shelf *recycled VMM_HOT_DATA;

/* The rest of the memory for nat_meta_map before the records; atomic. */
static char *early VMM_HOT_DATA;

static size_t
units(size_t size)
{
	return (size + NAT_META_UNIT - 1) / NAT_META_UNIT;
}

static int
grow(size_t size)
{
	size_t step = (size + STEP - 1) / STEP * STEP;

	if (step > (size_t)(end - usable) ||
		vmm_sys_mprotect(usable, step, PROT_READ | PROT_WRITE) != 0)
		return -1;
	vmm_sys_madvise(usable, step, MADV_DODUMP);
	usable += step;
	return 0;
}

int
nat_meta_init(size_t size, size_t first)
{
	size_t before = (first + STEP - 1) / STEP * STEP;
	char *all = vmm_sys_mmap(NULL, before + size, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (all == MAP_FAILED ||
		vmm_sys_mprotect(all, before + STEP, PROT_READ | PROT_WRITE) !=
			0)
		return -1;
	early = all + before - first;
	nat_meta_base = all + before;
	usable = nat_meta_base + STEP;
	end = nat_meta_base + size;
	/* a debugger that writes a core file would write all of it */
	vmm_sys_madvise(usable, (size_t)(end - usable), MADV_DONTDUMP);
	/* beside the first records, on a page that is used in any case */
	recycled = (struct nat_meta_shelf *)(void *)nat_meta_base;
	next = nat_meta_base + units(sizeof(*recycled)) * NAT_META_UNIT;
	return 0;
}

/* Pops a record of n units from a shelf, not zeroed; NULL if it has none. */
static void *
pop_unused(struct nat_meta_shelf *shelf, size_t n)
{
	struct nat_meta_unused *record = shelf->records[n];

	if (record != NULL)
		shelf->records[n] = record->next;
	return record;
}

/* A record that was never used, and is zero. With the lock held. */
static void *
alloc_new(size_t n)
{
	size_t size = n * NAT_META_UNIT;
	void *record = NULL;

	if (next + size <= usable || grow(size) == 0) {
		record = next;
		next += size;
	}
	return record;
}

void *
nat_meta_alloc(size_t size)
{
	size_t n = units(size);
	void *unused, *record = NULL;

	nat_meta_lock();
	unused = pop_unused(recycled, n);
	if (unused == NULL)
		record = alloc_new(n);
	nat_meta_unlock();
	if (unused != NULL)
		return memset(unused, 0, size);
	if (record == NULL)
		errno = ENOMEM;
	return record;
}

void
nat_meta_free(void *record, size_t size)
{
	nat_meta_lock();
	nat_meta_shelf_free(recycled, record, size);
	nat_meta_unlock();
}

void *
nat_meta_shelf_alloc(struct nat_meta_shelf *shelf, size_t size)
{
	void *unused = pop_unused(shelf, units(size));

	return unused != NULL ? memset(unused, 0, size) : nat_meta_alloc(size);
}

void
nat_meta_shelf_free(struct nat_meta_shelf *shelf, void *record, size_t size)
{
	struct nat_meta_unused **list = &shelf->records[units(size)];
	struct nat_meta_unused *unused = record;

	unused->next = *list;
	*list = unused;
}

void
nat_meta_shelf_clear(struct nat_meta_shelf *shelf)
{
	void *unused;

	for (size_t n = 1; n <= NAT_META_UNITS_MAX; n++)
		while ((unused = pop_unused(shelf, n)) != NULL)
			nat_meta_free(unused, n * NAT_META_UNIT);
}

size_t
nat_meta_bytes(void)
{
	return (size_t)(next - nat_meta_base);
}

/*
 * The part of the first mapping that the next size bytes are; NULL if too
 * little is left.
 */
static void *
take_early(size_t size)
{
	char *at = __atomic_load_n(&early, __ATOMIC_RELAXED);

	while (size <= (size_t)(nat_meta_base - at))
		if (__atomic_compare_exchange_n(&early, &at, at + size, true,
			    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return at;
	return NULL;
}

void *
nat_meta_map(size_t size)
{
	void *p = take_early(nat_meta_map_size(size));

	if (p != NULL)
		return p;
	p = vmm_sys_mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		errno = ENOMEM;
		return NULL;
	}
	return p;
}

uint32_t
nat_meta_number(const void *record)
{
	return (uint32_t)((size_t)((const char *)record - nat_meta_base) /
		NAT_META_UNIT);
}

void
nat_meta_lock(void)
{
	pthread_mutex_lock(&lock);
}

void
nat_meta_unlock(void)
{
	pthread_mutex_unlock(&lock);
}
