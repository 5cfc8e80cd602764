/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Places of extents in the pool for tcmalloc. tcmalloc never returns an extent,
 * and a block can only be as large as free pages are contiguous. A vector that
 * grows leaves each old copy behind, and the live copy is in the way: if all
 * extents come from one end, the pool is used up when the vector has a quarter
 * of it (growth by 2).
 *
 * So there are two stacks of extents, from both ends of the pool, with the
 * middle between them. Extents come from the low end while they are small
 * beside the middle, and from both ends alternately when they are not: then
 * the live copy is at one end, and all of the other end is free. When the
 * middle is too small for what is asked for, only what is missing is taken from
 * it, so that the extent and the free pages beside it are large enough
 * together. That reaches what an allocator reaches that can return memory
 * (simulated for growth by 1.25 to 2).
 *
 * All of this is called under tcmalloc's lock. No allocation here.
 */
#include "config.h"

#include "backends/tcmalloc/internal.h"

#include "vmmalloc/backend.h"

#include <gperftools/malloc_extension.h>
#include <gperftools/tcmalloc.h>

#include <stdint.h>

/* From this part of the middle on an extent is not small beside it. */
#define MIDDLE_PART 5

namespace
{
/* Each an address in the pool, or NULL before the first extent. */
struct {
	char *low;	/* the end of the low stack: the middle begins */
	char *low_heap; /* the same, if the page heap's pages are below */
	char *high;	/* the start of the high stack */
	bool was_high;	/* of the extents that were not small, the last */
} ends;

char *
pool_end()
{
	const struct vmmalloc_host *host = vmmalloc_host_get();

	return static_cast<char *>(host->pool_base) + host->pool_size;
}

char *
take_at(char *addr, size_t size)
{
	return static_cast<char *>(
		vmmalloc_host_get()->extent_alloc(addr, size, 0, 0, NULL));
}

/* The lowest extent that fits; it may also lie between older ones. */
char *
take_low(size_t size, size_t alignment, bool is_heap)
{
	char *addr = static_cast<char *>(vmmalloc_host_get()->extent_alloc(
		NULL, size, alignment, 0, NULL));

	if (addr != NULL && addr + size > ends.low) {
		ends.low = addr + size;
		ends.low_heap = is_heap ? ends.low : NULL;
	}
	return addr;
}

char *
take_high(size_t size, size_t alignment)
{
	char *top = ends.high != NULL ? ends.high : pool_end();
	uintptr_t address = (reinterpret_cast<uintptr_t>(top) - size) &
		~(static_cast<uintptr_t>(alignment) - 1);
	char *addr = reinterpret_cast<char *>(address);

	/* what alignment leaves over at the end of the pool is not used */
	if (size > static_cast<size_t>(top - ends.low) || addr < ends.low ||
		take_at(addr, size) == NULL)
		return NULL;
	ends.high = addr;
	return addr;
}

/*
 * Bytes of the span that the page at addr is at the end of. It may be free or
 * in use: tcmalloc does not say. 0 if it cannot be free and of use.
 */
size_t
span_at(char *addr, size_t limit, size_t alignment)
{
	size_t size;

	if (MallocExtension::instance()->GetOwnership(addr) !=
		MallocExtension::kOwned)
		return 0;
	size = tc_malloc_size(addr);
	/* a span of this many bytes or more would have been used, were it free
	 */
	return size < limit && size % alignment == 0 ? size : 0;
}

/* The rest of a block at the top of the low stack. */
char *
extend_low(size_t *size, size_t span)
{
	char *addr = span != 0 ? take_at(ends.low, *size - span) : NULL;

	if (addr == NULL)
		return NULL;
	*size -= span;
	ends.low = ends.low_heap = addr + *size;
	return addr;
}

/* The same at the bottom of the high stack. */
char *
extend_high(size_t *size, size_t span)
{
	char *addr;

	if (span == 0 ||
		*size - span > static_cast<size_t>(ends.high - ends.low))
		return NULL;
	addr = take_at(ends.high - (*size - span), *size - span);
	if (addr == NULL)
		return NULL;
	*size -= span;
	ends.high = addr;
	return addr;
}

/* The whole middle, if it joins two spans that are large enough with it. */
char *
join(size_t *size, size_t span_low, size_t span_high)
{
	size_t middle = static_cast<size_t>(ends.high - ends.low);
	char *addr;

	if (span_low == 0 || span_high == 0 || middle == 0 ||
		middle + span_low + span_high < *size)
		return NULL;
	addr = take_at(ends.low, middle);
	if (addr == NULL)
		return NULL;
	*size = middle;
	ends.low = ends.low_heap = ends.high;
	return addr;
}

/* There is no extent of this size: one that is enough with its neighbours. */
char *
extend(size_t *size, size_t alignment)
{
	size_t low = 0;
	size_t high = 0;
	char *addr = NULL;

	if (ends.low_heap != NULL && ends.low_heap == ends.low)
		low = span_at(ends.low - alignment, *size, alignment);
	if (ends.high != NULL)
		high = span_at(ends.high, *size, alignment);
	/* the end that was not used last is more likely to be free */
	if (!ends.was_high)
		addr = extend_high(size, high);
	if (addr == NULL)
		addr = extend_low(size, low);
	if (addr == NULL)
		addr = extend_high(size, high);
	if (addr != NULL)
		ends.was_high = addr == ends.high;
	else if (ends.high != NULL)
		addr = join(size, low, high);
	return addr;
}
} // namespace

void *
vmm_tcmalloc_place_metadata(size_t size, size_t alignment)
{
	return take_low(size, alignment, false);
}

void *
vmm_tcmalloc_place(size_t *size, size_t alignment)
{
	char *top = ends.high != NULL ? ends.high : pool_end();
	bool is_small = ends.low == NULL ||
		*size < static_cast<size_t>(top - ends.low) / MIDDLE_PART;
	char *addr = NULL;

	if (!is_small && !ends.was_high)
		addr = take_high(*size, alignment);
	if (addr != NULL) {
		ends.was_high = true;
		return addr;
	}
	addr = take_low(*size, alignment, true);
	if (addr != NULL) {
		if (!is_small)
			ends.was_high = false;
		return addr;
	}
	return extend(size, alignment);
}
