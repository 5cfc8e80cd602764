/* SPDX-License-Identifier: BSD-3-Clause */
/* Blocks for the time before the backend is live; see bootstrap.h. */
#include "config.h"

#include "core/bootstrap.h"

#include "base/checked.h"
#include "base/hot.h"

#include <errno.h>
#include <stdint.h>

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
	int (*commit)(char *, char *); /* atomic; NULL once finished */
} region VMM_HOT_DATA;

void
vmm_bootstrap_init(char *start, char *end, int (*commit)(char *, char *))
{
	region.start = start;
	region.next = start;
	region.end = end;
	region.commit = commit;
}

char *
vmm_bootstrap_limit(size_t factor, size_t min, size_t page_size)
{
	char *next = __atomic_load_n(&region.next, __ATOMIC_RELAXED);
	size_t size = (size_t)(next - region.start);

	size = size > min / factor ? size * factor : min;
	size = vmm_align_up(size, page_size);
	if (size < (size_t)(region.end - region.start))
		__atomic_store_n(
			&region.end, region.start + size, __ATOMIC_SEQ_CST);
	/* another thread may have allocated more in between */
	next = __atomic_load_n(&region.next, __ATOMIC_SEQ_CST);
	if (next > region.end)
		__atomic_store_n(&region.end,
			(char *)vmm_align_up((uintptr_t)next, page_size),
			__ATOMIC_SEQ_CST);
	return region.end;
}

char *
vmm_bootstrap_finish(size_t page_size)
{
	/* a thread that reads the bound from here on finds the region full */
	__atomic_store_n(&region.is_finished, true, __ATOMIC_SEQ_CST);
	char *next = __atomic_load_n(&region.next, __ATOMIC_RELAXED);
	char *end;

	do {
		end = (char *)vmm_align_up((uintptr_t)next, page_size);
	} while (!__atomic_compare_exchange_n(&region.next, &next, region.end,
		false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	__atomic_store_n(&region.end, end, __ATOMIC_SEQ_CST);
	__atomic_store_n(&region.commit, NULL, __ATOMIC_RELEASE);
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
header_of(const void *ptr)
{
	return (struct header *)(uintptr_t)ptr - 1;
}

void *
vmm_bootstrap_alloc(size_t alignment, size_t size, size_t spare)
{
	char *next, *block, *end, *limit;
	int (*commit)(char *, char *);

	if (alignment < ALIGNMENT)
		alignment = ALIGNMENT;
	if (size == 0)
		size = 1;
	if (size > PTRDIFF_MAX - alignment - ALIGNMENT)
		goto out_full;
	next = __atomic_load_n(&region.next, __ATOMIC_RELAXED);
	do {
		block = (char *)vmm_align_up(
			(uintptr_t)next + sizeof(struct header), alignment);
		end = block + vmm_align_up(size, ALIGNMENT);
		limit = __atomic_load_n(&region.end, __ATOMIC_SEQ_CST);
		if (block < next || end < block || end > limit ||
			(size_t)(limit - end) < spare)
			goto out_full;
	} while (!__atomic_compare_exchange_n(&region.next, &next, end, false,
		__ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	commit = __atomic_load_n(&region.commit, __ATOMIC_ACQUIRE);
	if (commit == NULL || commit(next, end) != 0)
		goto out_full;
	header_of(block)->size = (size_t)(end - block);
	return block;

out_full:
	errno = ENOMEM;
	return NULL;
}

bool
vmm_bootstrap_is_finished(void)
{
	return __atomic_load_n(&region.is_finished, __ATOMIC_SEQ_CST);
}

size_t
vmm_bootstrap_usable_size(const void *ptr)
{
	return header_of(ptr)->size;
}

size_t
vmm_bootstrap_good_size(size_t alignment, size_t size)
{
	(void)alignment;
	return size != 0 ? vmm_align_up(size, ALIGNMENT) : ALIGNMENT;
}
