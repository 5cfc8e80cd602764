/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks for the time before the backend is live; see bootstrap.h. */
#include "config.h"

#include "core/bootstrap.h"

#include "core/checked.h"
#include "core/init.h"
#include "core/ops.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

#define ALIGNMENT 16

/* Directly below each block; keeps the block's alignment. */
struct header {
	_Alignas(ALIGNMENT) size_t size;
};
_Static_assert(sizeof(struct header) == ALIGNMENT, "headers keep alignment");

static struct {
	char *start;
	char *end;	  /* atomic; no block lies at or behind it */
	char *next;	  /* atomic */
	bool is_finished; /* atomic */
	int (*commit)(char *, char *);
} region;

void
vmm_bootstrap_init(char *start, char *end, int (*commit)(char *, char *))
{
	region.start = start;
	region.next = start;
	region.end = end;
	region.commit = commit;
}

char *
vmm_bootstrap_finish(size_t page_size)
{
	/* whoever reads the bound from here on finds the region full */
	__atomic_store_n(&region.is_finished, true, __ATOMIC_SEQ_CST);
	char *next = __atomic_load_n(&region.next, __ATOMIC_RELAXED);
	char *end;

	do {
		end = (char *)vmm_align_up((uintptr_t)next, page_size);
	} while (!__atomic_compare_exchange_n(&region.next, &next, region.end,
		false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	__atomic_store_n(&region.end, end, __ATOMIC_SEQ_CST);
	return end;
}

size_t
vmm_bootstrap_bytes(void)
{
	char *next = __atomic_load_n(&region.next, __ATOMIC_RELAXED);

	return (size_t)((next < region.end ? next : region.end) - region.start);
}

bool
vmm_bootstrap_owns(const void *ptr)
{
	return (const char *)ptr >= region.start &&
		(const char *)ptr < region.end;
}

static struct header *
header_of(void *ptr)
{
	return (struct header *)ptr - 1;
}

/* A block of size bytes; NULL with ENOMEM where the region is full. */
static void *
cut(size_t alignment, size_t size)
{
	char *next, *block, *end;

	vmm_init_pool();
	if (size > PTRDIFF_MAX - alignment - ALIGNMENT)
		goto out_full;
	next = __atomic_load_n(&region.next, __ATOMIC_RELAXED);
	do {
		block = (char *)vmm_align_up(
			(uintptr_t)next + sizeof(struct header), alignment);
		end = block + vmm_align_up(size, ALIGNMENT);
		if (block < next || end < block ||
			end > __atomic_load_n(&region.end, __ATOMIC_SEQ_CST))
			goto out_full;
	} while (!__atomic_compare_exchange_n(&region.next, &next, end, false,
		__ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	if (region.commit(next, end) != 0)
		goto out_full;
	header_of(block)->size = (size_t)(end - block);
	return block;

out_full:
	errno = ENOMEM;
	return NULL;
}

/*
 * Whether a request that the region did not serve is the live table's. Other
 * threads run while the backend goes live: between the region's end and the
 * new table there is a moment without either, which they wait out here.
 */
static bool
is_over(void)
{
	if (!__atomic_load_n(&region.is_finished, __ATOMIC_SEQ_CST))
		return false;
	while (__atomic_load_n(&vmm_ops.malloc, __ATOMIC_ACQUIRE) ==
		vmm_bootstrap_malloc)
		sched_yield();
	return true;
}

void *
vmm_bootstrap_malloc(size_t size)
{
	void *ptr = cut(ALIGNMENT, size != 0 ? size : 1);

	return ptr == NULL && is_over() ? vmm_ops.malloc(size) : ptr;
}

void
vmm_bootstrap_free(void *ptr)
{
	(void)ptr;
}

void *
vmm_bootstrap_calloc(size_t nmemb, size_t size)
{
	size_t bytes;
	void *ptr;

	if (vmm_mul_overflows(nmemb, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	ptr = cut(ALIGNMENT, bytes != 0 ? bytes : 1);
	if (ptr == NULL)
		return is_over() ? vmm_ops.calloc(nmemb, size) : NULL;
	return memset(ptr, 0, bytes); /* a device's memory is not fresh */
}

void *
vmm_bootstrap_realloc(void *ptr, size_t size)
{
	size_t old_size = header_of(ptr)->size;
	void *new;

	if (size <= old_size)
		return ptr;
	new = vmm_ops.malloc(size);
	if (new != NULL)
		memcpy(new, ptr, old_size);
	return new;
}

void *
vmm_bootstrap_memalign(size_t alignment, size_t size)
{
	void *ptr = cut(alignment > ALIGNMENT ? alignment : ALIGNMENT,
		size != 0 ? size : 1);

	return ptr == NULL && is_over() ? vmm_ops.memalign(alignment, size)
					: ptr;
}

size_t
vmm_bootstrap_usable_size(void *ptr)
{
	return header_of(ptr)->size;
}
