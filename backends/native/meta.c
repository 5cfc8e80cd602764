/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory for records; see meta.h. */
#include "config.h"

#include "backends/native/meta.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

/* Made accessible in such steps, to be fair to strict overcommit. */
#define STEP ((size_t)128 << 10)

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

struct unused {
	struct unused *next;
};

#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
/* held for less time than it takes to sleep and wake up */
static pthread_mutex_t lock = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
#else
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
#endif
char *nat_meta_base;

static char *next, *usable, *end;
static struct unused *recycled[NAT_META_MAX / NAT_META_UNIT + 1];

int
nat_meta_init(size_t size)
{
	nat_meta_base = mmap(NULL, size, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (nat_meta_base == MAP_FAILED)
		return -1;
	usable = nat_meta_base;
	next = nat_meta_base + NAT_META_UNIT; /* number 0 is no record */
	end = nat_meta_base + size;
	return 0;
}

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
		mprotect(usable, step, PROT_READ | PROT_WRITE) != 0)
		return -1;
	usable += step;
	return 0;
}

void *
nat_meta_alloc(size_t size)
{
	size_t n = units(size);
	void *record = NULL;

	nat_meta_lock();
	if (recycled[n] != NULL) {
		record = recycled[n];
		recycled[n] = recycled[n]->next;
		nat_meta_unlock();
		return memset(record, 0, size);
	}
	size = n * NAT_META_UNIT;
	if (next + size <= usable || grow(size) == 0) {
		record = next;
		next += size;
	}
	nat_meta_unlock();
	if (record == NULL)
		errno = ENOMEM;
	return record;
}

void
nat_meta_free(void *record, size_t size)
{
	struct unused *u = record;
	size_t n = units(size);

	nat_meta_lock();
	u->next = recycled[n];
	recycled[n] = u;
	nat_meta_unlock();
}

size_t
nat_meta_bytes(void)
{
	return (size_t)(next - nat_meta_base);
}

void *
nat_meta_map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
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
