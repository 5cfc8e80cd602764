/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of the pool for forked children; see copy.h. */
#include "config.h"

#include "core/copy.h"

#include "base/checked.h"
#include "base/log.h"
#include "os/files.h"
#include "core/pages.h"
#include "core/pool.h"
#include "os/memory.h"

#include <errno.h>
#include <string.h>

static unsigned int n_sharing; /* copies that share blocks with our file */

static size_t
bytes(const struct vmm_copy *copy, size_t pages)
{
	return pages * copy->pool->page_size;
}

/* The part of the copy that is in the file; the rest is in memory. */
static size_t
pages_in_file(const struct vmm_copy *copy)
{
	return copy->file_pages < copy->mapped ? copy->file_pages
					       : copy->mapped;
}

static void
unmap(struct vmm_copy *copy)
{
	if (copy->map != NULL)
		vmm_os_unmap(copy->map, bytes(copy, copy->mapped));
	copy->map = NULL;
	copy->mapped = 0;
}

/* Maps pages below wanted, all in the file: the usual case. */
static int
map_in_file(struct vmm_copy *copy, size_t wanted)
{
	char *wider = vmm_os_map_file(
		NULL, bytes(copy, wanted), &copy->file, 0, VMM_OS_SHARED);

	if (wider == NULL)
		return -1;
	unmap(copy);
	copy->map = wider;
	copy->mapped = wanted;
	return 0;
}

/* The same if some of them, at least, are in memory. */
static int
map_in_memory(struct vmm_copy *copy, size_t wanted)
{
	char *wider = vmm_os_map_anon(bytes(copy, wanted));

	if (wider == NULL)
		return -1;
	if (copy->mapped > copy->file_pages &&
		vmm_os_move(copy->map + bytes(copy, copy->file_pages),
			bytes(copy, copy->mapped - copy->file_pages),
			wider + bytes(copy, copy->file_pages)) != 0)
		goto out_unmap;
	if (pages_in_file(copy) > 0)
		vmm_os_unmap(copy->map, bytes(copy, pages_in_file(copy)));
	copy->map = wider;
	copy->mapped = wanted;
	if (copy->file_pages > 0 &&
		vmm_os_map_file(wider, bytes(copy, copy->file_pages),
			&copy->file, 0, VMM_OS_SHARED) == NULL)
		return -1;
	return 0;

out_unmap:
	vmm_os_unmap(wider, bytes(copy, wanted));
	return -1;
}

/* Maps pages below wanted of the copy. 0, or -1 with errno. */
static int
map(struct vmm_copy *copy, size_t wanted)
{
	if (wanted <= copy->mapped)
		return 0;
	wanted = vmm_align_up(wanted, copy->granule);
	return wanted <= copy->file_pages ? map_in_file(copy, wanted)
					  : map_in_memory(copy, wanted);
}

/* Before Linux 5.14, and in a sandbox, there is another way for files. */
static int
reserve_otherwise(struct vmm_copy *copy, size_t first, size_t last)
{
	if (last > copy->file_pages)
		last = copy->file_pages;
	if (first >= last)
		return 0;
	return vmm_os_file_allocate(&copy->file, (off_t)bytes(copy, first),
		bytes(copy, last - first));
}

static int
reserve(struct vmm_reservation *reservation, size_t first, size_t last)
{
	struct vmm_copy *copy = (struct vmm_copy *)reservation;

	if (copy->shares_blocks)
		return 0;
	if (map(copy, last) != 0)
		return -1;
	if (vmm_os_populate(copy->map + bytes(copy, first),
		    bytes(copy, last - first)) == 0)
		return 0;
	return errno == ENOSYS ? reserve_otherwise(copy, first, last) : -1;
}

/* Reserves room for all that is in use, and for what will be. */
static int
reserve_all(struct vmm_copy *copy)
{
	size_t first = 0, last;
	int err;

	copy->reservation.reserve = reserve;
	if (map(copy, copy->pool->high_water) != 0)
		goto out_close;
	for (; vmm_pages_next_used(copy->pool, &first, &last); first = last)
		if (reserve(&copy->reservation, first, last) != 0)
			goto out_close;
	copy->reservation.next = copy->pool->reservations;
	copy->pool->reservations = &copy->reservation;
	return 0;

out_close:
	err = errno;
	vmm_copy_close(copy);
	errno = err;
	return -1;
}

/*
 * Whether each process that has a copy, and this one, could still have blocks
 * of its own for all pages. Nothing reserves them.
 */
static bool
can_unshare(const struct vmm_copy *copy)
{
	uint64_t used = (uint64_t)bytes(copy, copy->pool->used_pages);
	uint64_t total, available;

	return vmm_os_file_space(&copy->file, &total, &available) == 0 &&
		available / (n_sharing + 2) >= used;
}

int
vmm_copy_open_file(struct vmm_copy *copy, struct vmm_pool *pool)
{
	struct vmm_os_backing backing;
	size_t size;

	*copy = (struct vmm_copy){ .pool = pool, .file = VMM_OS_NO_FILE };
	if (vmm_files_take(&backing, &size) != 0)
		return -1;
	copy->file = backing.file;
	copy->file_pages =
		vmm_align_down(size, backing.granule) / pool->page_size;
	copy->granule = backing.granule / pool->page_size;
	copy->punches_quickly = backing.punches_quickly;
	copy->shares_blocks = pool->mapped <= pool->file_pages &&
		copy->file_pages == pool->file_pages && can_unshare(copy) &&
		vmm_os_file_reflink(&copy->file, &pool->file) == 0;
	if (copy->shares_blocks)
		n_sharing++;
	return reserve_all(copy);
}

int
vmm_copy_open_memory(struct vmm_copy *copy, struct vmm_pool *pool)
{
	*copy = (struct vmm_copy){
		.pool = pool,
		.file = VMM_OS_NO_FILE,
		/* the kernel replaces no part of a huge page */
		.granule = pool->granule,
		.punches_quickly = true,
	};
	return reserve_all(copy);
}

/*
 * A page that the program has made unreadable is read through another mapping
 * of the same memory, which only a file has; another one's contents are lost.
 */
static void
copy_run(struct vmm_copy *copy, const char *again, size_t first, size_t last)
{
	const struct vmm_pool *pool = copy->pool;
	char *to = copy->map + bytes(copy, first);

	if (again != NULL && vmm_pool_is_shared_at(pool, first))
		memcpy(to, again + bytes(copy, first),
			bytes(copy, last - first));
	else
		memcpy(to, pool->base + bytes(copy, first),
			bytes(copy, last - first));
}

int
vmm_copy_fill(struct vmm_copy *copy)
{
	struct vmm_pool *pool = copy->pool;
	size_t end = pool->high_water;
	size_t shared = end < pool->file_pages ? end : pool->file_pages;
	size_t first = 0, last;
	char *again = NULL;

	if (end > 0 &&
		vmm_os_areas_find(&copy->areas, pool->base, bytes(copy, end)) !=
			0)
		return -1;
	if (copy->shares_blocks)
		return map(copy, end) != 0
			? -1
			: vmm_os_file_reflink(&copy->file, &pool->file);
	if (map(copy, end) != 0)
		return -1;
	if (copy->areas.n > 0 && shared > 0) {
		again = vmm_os_map_again(pool->base, bytes(copy, shared));
		if (again == NULL)
			return -1;
	}
	for (; vmm_pages_next_used(pool, &first, &last); first = last) {
		if (first < shared && last > shared)
			last = shared;
		copy_run(copy, again, first, last);
	}
	VMM_LOG(3, "copied %zu pages for a child", pool->used_pages);
	if (again != NULL)
		vmm_os_unmap(again, bytes(copy, shared));
	return 0;
}

/* hugetlbfs has no mremap before Linux 5.16. */
static int
move(struct vmm_copy *copy)
{
	char *base = copy->pool->base;
	size_t in_file = pages_in_file(copy);
	size_t rest = copy->mapped - in_file;

	if (copy->granule > 1 && in_file > 0)
		return vmm_os_map_file(base, bytes(copy, copy->mapped),
			       &copy->file, 0, VMM_OS_SHARED) != NULL
			? 0
			: -1;
	if (in_file > 0 &&
		vmm_os_move(copy->map, bytes(copy, in_file), base) != 0)
		return -1;
	if (rest == 0)
		return 0;
	return vmm_os_move(copy->map + bytes(copy, in_file), bytes(copy, rest),
		base + bytes(copy, in_file));
}

static void
leave_pool(struct vmm_copy *copy)
{
	struct vmm_reservation **link = &copy->pool->reservations;

	while (*link != NULL && *link != &copy->reservation)
		link = &(*link)->next;
	if (*link != NULL)
		*link = copy->reservation.next;
}

int
vmm_copy_adopt(struct vmm_copy *copy)
{
	struct vmm_pool *pool = copy->pool;

	if (move(copy) != 0)
		return -1;
	copy->file.held = NULL; /* no child gets that */
	vmm_os_areas_apply(&copy->areas, true);
	vmm_os_areas_free(&copy->areas);
	if (pool->mapped > copy->mapped)
		vmm_os_unback(pool->base + bytes(copy, copy->mapped),
			bytes(copy, pool->mapped - copy->mapped));
	pool->mapped = copy->mapped;
	pool->punches_quickly = copy->punches_quickly;
	vmm_pool_adopted(pool, &copy->file, copy->file_pages);
	if (!copy->shares_blocks) {
		vmm_pages_forget_free(pool);
		vmm_pages_keep_dirty_only(pool);
	}
	n_sharing = copy->shares_blocks ? 1 : 0;
	VMM_LOG(3, "the copy is the pool: %zu pages", pool->mapped);
	return 0;
}

void
vmm_copy_close(struct vmm_copy *copy)
{
	leave_pool(copy);
	unmap(copy);
	vmm_os_areas_free(&copy->areas);
	vmm_os_file_close(&copy->file);
}
