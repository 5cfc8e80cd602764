/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chooses the places of tcmalloc's extents in the pool. tcmalloc never returns
 * an extent, and a block can be no larger than a contiguous range of free
 * pages. A vector that grows leaves each old copy behind, and the live copy is
 * in the way: if all extents come from one end, the pool is used up when the
 * vector has a quarter of it (growth by 2).
 *
 * So there are two stacks of extents, which grow from both ends of the pool,
 * with the middle between them. Extents come from the low end while they are
 * small compared with the middle, and from both ends alternately when they are
 * not: then the live copy is at one end, and all of the other end is free. When
 * the middle is too small for a request, only what is missing is taken from it,
 * so that the extent and the free pages beside it are large enough together.
 * For growth by 1.25 to 2 this mostly achieves as much as an allocator that can
 * return memory.
 *
 * All functions here are called under tcmalloc's lock. No allocation here.
 */
#include "config.h"

#include "backends/tcmalloc/internal.h"

#include "vmmalloc/backend.h"

#include <gperftools/malloc_extension.h>
#include <gperftools/tcmalloc.h>

#include <stdint.h>

/* An extent of at least this part of the middle is not small. */
#define MIDDLE_PART 3

namespace
{
/* Each an address in the pool, or NULL before the first extent. */
struct {
	char *low;	/* the end of the low stack: the middle begins */
	char *low_heap; /* low, if the page heap's pages are below it */
	char *high;	/* the start of the high stack */
	size_t last;	/* bytes of the last extent that was not small, */
	bool was_high;	/* and whether it is there */
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

	/* the rest at the end of the pool that alignment leaves is not used */
	if (size > static_cast<size_t>(top - ends.low) || addr < ends.low ||
		take_at(addr, size) == NULL)
		return NULL;
	ends.high = addr;
	return addr;
}

/*
 * Bytes of the span that has the page at addr at one of its ends. It may be
 * free or in use: tcmalloc does not say. 0 if it is certainly not free, or of
 * no use.
 */
size_t
span_at(char *addr, size_t limit, size_t alignment)
{
	size_t size;

	if (MallocExtension::instance()->GetOwnership(addr) !=
		MallocExtension::kOwned)
		return 0;
	size = tc_malloc_size(addr);
	/* a free span of limit bytes or more would have been used already */
	return size < limit && size % alignment == 0 ? size : 0;
}

/* Takes the missing rest of a block, on top of the low stack. */
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

/* The same, below the high stack. */
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

/*
 * Takes the whole middle, if it joins two spans that are large enough with it.
 */
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

/*
 * Whether the high end is more likely to be free than the low one: it was not
 * used last, or a copy that is larger than the last extent fits in what the low
 * end has without the free pages on its top, so that it may have been placed
 * there without a request to us. span is what span_at() has for that top.
 */
bool
is_high_next(size_t span)
{
	size_t below = static_cast<size_t>(
		ends.low - static_cast<char *>(vmmalloc_host_get()->pool_base));

	return !ends.was_high || below - span >= ends.last;
}

/* Remembers the end that provided an extent, alone or with its neighbours. */
void
use_end(bool is_high, size_t size)
{
	ends.was_high = is_high;
	ends.last = size;
}

size_t
span_at_low(size_t limit, size_t alignment)
{
	return ends.low_heap != NULL && ends.low_heap == ends.low
		? span_at(ends.low - alignment, limit, alignment)
		: 0;
}

/*
 * Takes an extent that is large enough together with its neighbours, because
 * there is none of this size.
 */
char *
extend(size_t *size, size_t alignment)
{
	size_t asked = *size;
	size_t low = span_at_low(asked, alignment);
	size_t high =
		ends.high != NULL ? span_at(ends.high, asked, alignment) : 0;
	char *addr = NULL;

	if (is_high_next(low))
		addr = extend_high(size, high);
	if (addr == NULL)
		addr = extend_low(size, low);
	if (addr == NULL)
		addr = extend_high(size, high);
	if (addr != NULL)
		use_end(addr == ends.high, asked);
	else if (ends.high != NULL)
		addr = join(size, low, high);
	return addr;
}
} // namespace

/*
 * tcmalloc ends the process if it gets no metadata for a new thread or span,
 * and needs both in a full pool. So metadata is ordinary memory; the pool is
 * used only if the system refuses.
 */
void *
vmm_tcmalloc_place_metadata(size_t size, size_t alignment)
{
	void *addr = vmm_tcmalloc_map_metadata(size);

	return addr != NULL ? addr : take_low(size, alignment, false);
}

void *
vmm_tcmalloc_place(size_t *size, size_t alignment)
{
	char *top = ends.high != NULL ? ends.high : pool_end();
	bool is_small = ends.low == NULL ||
		*size < static_cast<size_t>(top - ends.low) / MIDDLE_PART;
	char *addr = NULL;

	if (!is_small && is_high_next(span_at_low(*size, alignment)))
		addr = take_high(*size, alignment);
	if (addr == NULL)
		addr = take_low(*size, alignment, true);
	if (addr == NULL)
		return extend(size, alignment);
	if (!is_small)
		use_end(addr == ends.high, *size);
	return addr;
}
