/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The debug build's malloc family. A block lies between two redzones inside a
 * block of the heap proper:
 *
 *	[ gap: redzone | the program's block | redzone, to the end ]
 *
 * The gap is a power of two, so that the block keeps the alignment; a block
 * that is aligned to more than ALIGNMENT_MAX has none. A sample of the blocks
 * lies between guard pages instead (debug_guard.h). New memory is filled
 * with JUNK, so that no program relies on its contents; freed blocks go into
 * quarantine. malloc_usable_size returns exactly the size that was asked for.
 * realloc always moves the block, unless it shrinks and there is no memory.
 */
#include "config.h"

#include "backends/native/debug.h"

#include "backends/native/check.h"
#include "backends/native/debug_guard.h"
#include "backends/native/debug_memcheck.h"
#include "backends/native/debug_quarantine.h"
#include "backends/native/debug_record.h"
#include "backends/native/debug_redzone.h"
#include "backends/native/debug_report.h"
#include "backends/native/fatal.h"
#include "backends/native/heap.h"
#include "backends/native/size_class.h"
#include "base/checked.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define ALIGNMENT_MAX ((size_t)64 << 10)

#define JUNK 0xcd

static struct vmmalloc_backend heap; /* the table without the layer */
static size_t live_bytes;	     /* atomic */

static void *
alloc_inner(size_t alignment, size_t size, bool must_be_zero)
{
	if (alignment > NAT_ALIGNMENT)
		return nat_memalign(alignment, size);
	return must_be_zero ? nat_calloc(1, size) : nat_malloc(size);
}

/* A block with a gap, which is noted in the record. NULL with ENOMEM. */
static char *
alloc_with_gap(size_t alignment, struct nat_record *record, bool must_be_zero)
{
	size_t gap, total;
	char *start;

	if (alignment <= NAT_REDZONE)
		record->gap_shift = NAT_REDZONE_SHIFT;
	else if (alignment <= ALIGNMENT_MAX)
		record->gap_shift = (unsigned int)__builtin_ctzl(alignment);
	gap = nat_record_gap(NULL, record);
	if (__builtin_add_overflow(record->size, gap + NAT_REDZONE, &total) ||
		total > PTRDIFF_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	start = alloc_inner(alignment, total, must_be_zero);
	if (start == NULL && nat_quarantine_flush())
		start = alloc_inner(alignment, total, must_be_zero);
	return start != NULL ? start + gap : NULL;
}

static void *
alloc(size_t alignment, size_t size, bool must_be_zero)
{
	struct nat_record record = { .state = NAT_LIVE, .size = size };
	char *guarded = nat_guard_alloc(alignment, size, false);
	char *block = guarded;

	/*
	 * memcheck would report the heap's own zeroing as use of freed memory
	 */
	must_be_zero = must_be_zero && !nat_memcheck_is_on();
	if (block == NULL)
		block = alloc_with_gap(alignment, &record, must_be_zero);
	/*
	 * Guarded blocks are of other size classes, for which there may be
	 * room: if the next call can be in the sample, this one can.
	 */
	if (block == NULL)
		block = guarded = nat_guard_alloc(alignment, size, true);
	if (block == NULL)
		return NULL;
	if (guarded != NULL) {
		record.gap_shift = NAT_GUARDED;
		if (must_be_zero)
			memset(block, 0, size);
	}
	if (nat_memcheck_is_on()) {
		char *start = block - nat_record_gap(block, &record);

		nat_memcheck_alloc(start, nat_check_usable(start), block, size,
			nat_redzone_before(block, &record));
	} else {
		if (!must_be_zero)
			memset(block, JUNK, size);
		nat_redzone_fill(block, &record);
	}
	nat_memcheck_hand_over(block, size);
	nat_record_set(block, &record);
	__atomic_fetch_add(&live_bytes, size, __ATOMIC_RELAXED);
	return block;
}

static void *
debug_malloc(size_t size)
{
	return alloc(NAT_ALIGNMENT, size, false);
}

static void *
debug_memalign(size_t alignment, size_t size)
{
	return alloc(alignment, size, false);
}

static void *
debug_calloc(size_t nmemb, size_t size)
{
	size_t bytes;
	void *block;

	if (!vmm_array_bytes(nmemb, size, &bytes))
		return NULL;
	block = alloc(NAT_ALIGNMENT, bytes, true);
	if (block != NULL && nat_memcheck_is_on())
		memset(block, 0, bytes);
	return block;
}

static void
debug_free(void *block)
{
	struct nat_record record;

	if (!nat_record_retire(block, &record))
		nat_report_pointer("free", block, &record);
	nat_redzone_check(block, &record);
	nat_memcheck_free(block, nat_redzone_before(block, &record));
	__atomic_fetch_sub(&live_bytes, record.size, __ATOMIC_RELAXED);
	nat_quarantine_add(block, &record);
}

static void
debug_free_sized(void *block, size_t size)
{
	struct nat_record record = nat_record_get(block);

	if (record.state == NAT_LIVE && record.size != size)
		nat_fatal("wrong size in free of", block);
	debug_free(block);
}

static void
need_live(const char *call, const void *block, struct nat_record *record)
{
	*record = nat_record_get(block);
	if (record->state != NAT_LIVE)
		nat_report_pointer(call, block, record);
}

static size_t
debug_usable_size(void *block)
{
	struct nat_record record;

	need_live("malloc_usable_size", block, &record);
	return record.size;
}

static size_t
debug_good_size(size_t alignment, size_t size)
{
	return nat_good_size(alignment, size) != 0 ? size : 0;
}

static void
shrink(void *block, struct nat_record *record, size_t size)
{
	nat_memcheck_resize(
		block, record->size, size, nat_redzone_before(block, record));
	__atomic_fetch_sub(&live_bytes, record->size - size, __ATOMIC_RELAXED);
	record->size = size;
	nat_record_set(block, record);
	if (!nat_memcheck_is_on())
		nat_redzone_fill(block, record);
}

static void *
debug_realloc(void *block, size_t size)
{
	struct nat_record record;
	void *moved;

	need_live("realloc", block, &record);
	nat_redzone_check(block, &record);
	moved = alloc(NAT_ALIGNMENT, size, false);
	if (moved == NULL && size <= record.size) {
		shrink(block, &record, size);
		return block;
	}
	if (moved == NULL)
		return NULL;
	memcpy(moved, block, size < record.size ? size : record.size);
	debug_free(block);
	return moved;
}

/*
 * The quarantine's lock is acquired before those of the heap, and released
 * last.
 */
static void
fork_prepare(void)
{
	nat_quarantine_lock();
	heap.fork_prepare();
}

static void
fork_parent(void)
{
	heap.fork_parent();
	nat_quarantine_unlock();
}

static void
fork_child(void)
{
	heap.fork_child();
	nat_quarantine_unlock();
}

static bool
purge(void)
{
	nat_quarantine_flush();
	return heap.purge();
}

static int
stats(struct vmmalloc_backend_stats *s)
{
	int r = heap.stats(s);

	if (r == 0)
		s->allocated = __atomic_load_n(&live_bytes, __ATOMIC_RELAXED);
	return r;
}

int
nat_debug_start(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	nat_memcheck_init();
	nat_guard_init(host);
	nat_redzone_init(host);
	nat_report_init(host);
	if (nat_record_init(host) != 0 || nat_quarantine_init(host) != 0)
		return -1;
	heap = *self;
	self->malloc = debug_malloc;
	self->free = debug_free;
	self->free_sized = debug_free_sized;
	self->calloc = debug_calloc;
	self->realloc = debug_realloc;
	self->memalign = debug_memalign;
	self->usable_size = debug_usable_size;
	self->good_size = debug_good_size;
	self->fork_prepare = fork_prepare;
	self->fork_parent = fork_parent;
	self->fork_child = fork_child;
	self->purge = purge;
	self->stats = stats;
	return 0;
}
