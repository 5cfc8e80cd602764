/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guard pages; see debug_guard.h. They are set with mprotect, which fork and
 * copies of the pool know how to keep; what MADV_GUARD_INSTALL sets cannot be
 * seen, and a copy would fail at it.
 *
 *	[ guard page | slack | the program's block | guard pages, to the end ]
 */
#include "config.h"

#include "backends/native/debug_guard.h"

#include "backends/native/check.h"
#include "backends/native/debug_memcheck.h"
#include "backends/native/heap.h"
#include "backends/native/size_class.h"
#include "base/linux_sys.h"
#include "vmmalloc/backend.h"

#include <stdint.h>
#include <sys/mman.h>

/*
 * The guarded blocks, with those in quarantine, are at most this many, and
 * their bytes and pages at most this part of the pool and BYTES_MAX. Each
 * splits a mapping in up to four, of which Linux allows a process 65530.
 */
#define BLOCKS_MAX 256u
#define POOL_SHIFT 5
#define BYTES_MAX ((size_t)16 << 20)
#define SIZE_MAX_GUARDED ((size_t)1 << 20)

/* The pages of a larger page size would cost too much. */
#define PAGE_MAX ((size_t)64 << 10)

/*
 * All first blocks are guarded, up to half of the limits: small programs and
 * tests are checked completely. After that, one block in this many is.
 */
#define PERIOD 64u

static size_t page_size;
static size_t bytes_max, bytes;	   /* atomic */
static unsigned int blocks, calls; /* atomic */

void
nat_guard_init(const struct vmmalloc_host *host)
{
	size_t most = host->pool_size >> POOL_SHIFT;

	page_size = host->page_size;
	if (page_size <= PAGE_MAX && !nat_memcheck_is_on())
		bytes_max = most < BYTES_MAX ? most : BYTES_MAX;
}

/* Takes n bytes from the limits. */
static void
count(size_t n)
{
	__atomic_fetch_add(&bytes, n, __ATOMIC_RELAXED);
	__atomic_fetch_add(&blocks, 1, __ATOMIC_RELAXED);
}

static void
count_off(size_t n)
{
	__atomic_fetch_sub(&bytes, n, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&blocks, 1, __ATOMIC_RELAXED);
}

/*
 * Whether a block for which the heap needs `total` bytes is guarded. Threads
 * that ask concurrently can exceed a limit by one block each.
 */
static bool
is_in_sample(size_t total, bool is_last_chance)
{
	size_t most = __atomic_load_n(&bytes_max, __ATOMIC_RELAXED);
	size_t n = __atomic_load_n(&bytes, __ATOMIC_RELAXED) + total;
	unsigned int k = __atomic_load_n(&blocks, __ATOMIC_RELAXED);

	if (n <= most / 2 && k < BLOCKS_MAX / 2)
		return true;
	if (n > most || k >= BLOCKS_MAX)
		return false;
	return is_last_chance ||
		__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) % PERIOD == 0;
}

static bool
protect(char *start, size_t size, int protection)
{
	return vmm_sys_mprotect(start, size, protection) == 0;
}

void *
nat_guard_alloc(size_t alignment, size_t size, bool is_last_chance)
{
	size_t pages, usable;
	char *start, *end;

	if (size > SIZE_MAX_GUARDED || alignment > page_size)
		return NULL;
	if (alignment < NAT_ALIGNMENT)
		alignment = NAT_ALIGNMENT;
	pages = (size + page_size - 1) & ~(page_size - 1);
	if (!is_in_sample(pages + 2 * page_size, is_last_chance))
		return NULL;
	start = nat_memalign(page_size, pages + 2 * page_size);
	if (start == NULL)
		return NULL;
	usable = nat_check_usable(start);
	end = start + page_size + pages;
	if (!protect(start, page_size, PROT_NONE) ||
		!protect(end, (size_t)(start + usable - end), PROT_NONE)) {
		protect(start, page_size, PROT_READ | PROT_WRITE);
		nat_free(start);
		/* the pool, or the kernel, cannot do it */
		__atomic_store_n(&bytes_max, 0, __ATOMIC_RELAXED);
		return NULL;
	}
	count(usable);
	return start + page_size + ((pages - size) & ~(alignment - 1));
}

void
nat_guard_close(char *start)
{
	protect(start, nat_check_usable(start), PROT_NONE);
}

bool
nat_guard_remove(char *start)
{
	size_t usable = nat_check_usable(start);

	if (!protect(start, usable, PROT_READ | PROT_WRITE))
		return false;
	count_off(usable);
	return true;
}
