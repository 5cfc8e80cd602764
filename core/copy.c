/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of the pool for forked children; see copy.h. */
#include "config.h"

#include "core/copy.h"

#include "base/checked.h"
#include "base/log.h"
#include "core/pages.h"
#include "core/policy.h"
#include "core/pool.h"
#include "core/room.h"
#include "core/sharers.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>

/* Copies of fewer bytes are written through the mapping. */
#define WRITE_MIN ((size_t)1 << 20)

static bool cannot_share; /* the file system shares no blocks */

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

/*
 * Maps a file alone: if it is mapped already, without the descriptor, unless
 * the kernel refuses, as it does on hugetlbfs. NULL with errno.
 */
static char *
map_file(char *mapped, size_t size, const struct vmm_os_file *file)
{
	char *map = NULL;

	if (mapped != NULL)
		map = vmm_os_map_again(mapped, size);
	if (map == NULL)
		map = vmm_os_map_file(NULL, size, file, 0, VMM_OS_SHARED);
	return map;
}

/* The file, and private memory for the pages that lie behind its end. */
static char *
map_file_and_rest(struct vmm_copy *copy, size_t in_file, size_t size)
{
	char *map = vmm_os_map_anon(size);

	if (map == NULL || in_file == 0 ||
		vmm_os_map_file(map, in_file, &copy->file, 0, VMM_OS_SHARED) !=
			NULL)
		return map;
	vmm_os_unmap(map, size);
	return NULL;
}

/*
 * Replaces the mapping by one of at least `wanted` pages. Nothing has been
 * written to the copy yet. 0, or -1 with errno.
 */
static int
map(struct vmm_copy *copy, size_t wanted)
{
	size_t in_file;
	char *map;

	if (wanted <= copy->mapped)
		return 0;
	wanted = vmm_align_up(wanted, copy->unit);
	in_file = copy->file_pages < wanted ? copy->file_pages : wanted;
	map = in_file == wanted
		? map_file(copy->map, bytes(copy, wanted), &copy->file)
		: map_file_and_rest(
			  copy, bytes(copy, in_file), bytes(copy, wanted));
	if (map == NULL)
		return -1;
	if (vmm_policy_apply(copy->pool, map, bytes(copy, wanted)) != 0) {
		vmm_os_unmap(map, bytes(copy, wanted));
		return -1;
	}
	unmap(copy);
	copy->map = map;
	copy->mapped = wanted;
	return 0;
}

/*
 * Whether there is room for the child, each other process with a copy and this
 * one to have blocks of their own for all used pages. Nothing reserves these
 * blocks.
 */
static bool
can_unshare(const struct vmm_copy *copy)
{
	uint64_t used = (uint64_t)bytes(copy, copy->pool->used_pages);
	uint64_t total, available;

	return vmm_os_file_space(&copy->file, &total, &available) == 0 &&
		available / (vmm_sharers_count() + 2) >= used;
}

/*
 * Whether the file system and the control group have room now for all used
 * pages. Also true if blocks are shared, or the room is not known. A file
 * system is not asked if part of the copy is in memory.
 */
static bool
has_room(const struct vmm_copy *copy)
{
	uint64_t used = (uint64_t)bytes(copy, copy->pool->used_pages);
	uint64_t total, available;

	if (copy->shares_blocks)
		return true;
	if (!vmm_room_has_copy(copy->pool, used))
		return false;
	return copy->file.fd < 0 || copy->pool->high_water > copy->file_pages ||
		vmm_os_file_space(&copy->file, &total, &available) != 0 ||
		available >= used;
}

static bool
share_blocks(const struct vmm_copy *copy)
{
	if (cannot_share)
		return false;
	if (vmm_os_file_reflink(&copy->file, &copy->pool->file) == 0)
		return true;
	cannot_share = errno == EOPNOTSUPP || errno == ENOTTY;
	return false;
}

int
vmm_copy_open_file(struct vmm_copy *copy, struct vmm_pool *pool)
{
	struct vmm_os_backing backing;
	size_t size;

	*copy = (struct vmm_copy){ .pool = pool, .file = VMM_OS_NO_FILE };
	if (vmm_files_open(&pool->files, &backing, &size) != 0)
		return -1;
	copy->file = backing.file;
	copy->file_pages = vmm_align_down(size, backing.unit) / pool->page_size;
	copy->granule = backing.granule / pool->page_size;
	copy->punches_quickly = backing.punches_quickly;
	copy->unit = backing.unit / pool->page_size;
	copy->shares_blocks = pool->mapped <= pool->file_pages &&
		copy->file_pages == pool->file_pages && can_unshare(copy) &&
		share_blocks(copy);
	if (copy->shares_blocks)
		copy->mark = vmm_sharers_begin();
	if (has_room(copy) && map(copy, pool->high_water) == 0)
		return 0;
	vmm_copy_close(copy);
	errno = ENOMEM;
	return -1;
}

int
vmm_copy_open_memory(struct vmm_copy *copy, struct vmm_pool *pool)
{
	*copy = (struct vmm_copy){
		.pool = pool,
		.file = VMM_OS_NO_FILE,
		/* the kernel cannot replace a part of a huge page */
		.granule = pool->granule,
		.unit = pool->granule,
		.punches_quickly = true,
	};
	if (!has_room(copy)) {
		errno = ENOMEM;
		return -1;
	}
	return map(copy, pool->high_water);
}

static int
allocate(const struct vmm_copy *copy, size_t first, size_t last)
{
	if (last > copy->file_pages)
		last = copy->file_pages;
	return first >= last
		? 0
		: vmm_os_file_allocate(&copy->file, (off_t)bytes(copy, first),
			  bytes(copy, last - first));
}

/* Before Linux 5.14, and in a sandbox, files are backed in another way. */
static int
back(const struct vmm_copy *copy, size_t first, size_t last)
{
	if (vmm_os_populate(copy->map + bytes(copy, first),
		    bytes(copy, last - first)) == 0)
		return 0;
	return errno == ENOSYS || errno == EBADF ? allocate(copy, first, last)
						 : -1;
}

/* If the kernel does not copy: backs the pages first, then copies them. */
static int
copy_otherwise(
	struct vmm_copy *copy, const char *from, size_t first, size_t last)
{
	if (back(copy, first, last) != 0)
		return -1;
	memcpy(copy->map + bytes(copy, first), from, bytes(copy, last - first));
	return 0;
}

/* How the copy is filled. */
struct fill {
	struct vmm_copy *copy;
	const char *again; /* another mapping of pages [0, shared), or NULL */
	size_t shared;
	bool writes; /* to the descriptor, not to the mapping */
};

/* In pieces: the kernel may cache all of one write as one unit. */
static int
write_run(const struct vmm_copy *copy, size_t offset, const char *from,
	size_t size)
{
	while (size > 0) {
		size_t unit = bytes(copy, copy->unit);
		size_t piece = unit - offset % unit;

		if (piece > size || copy->unit == copy->granule)
			piece = size;
		if (vmm_os_file_write(
			    &copy->file, (off_t)offset, from, piece) != 0)
			return -1;
		offset += piece;
		from += piece;
		size -= piece;
	}
	return 0;
}

/*
 * A page that the program has made unreadable is read through another mapping
 * of the same memory, which only pages of a file can have. If another page is
 * unreadable, the copy fails.
 */
static int
copy_run(const struct fill *fill, size_t first, size_t last)
{
	struct vmm_copy *copy = fill->copy;
	size_t offset = bytes(copy, first), size = bytes(copy, last - first);
	bool is_mapped_again =
		fill->again != NULL && vmm_pool_is_shared_at(copy->pool, first);
	const char *from =
		(is_mapped_again ? fill->again : copy->pool->base) + offset;

	if (fill->writes)
		return write_run(copy, offset, from, size);
	if (vmm_os_copy(copy->map + offset, from, size) == 0)
		return 0;
	return errno == ENOSYS ? copy_otherwise(copy, from, first, last) : -1;
}

/*
 * Gives units of a disk their blocks before a part of each is copied; those
 * below *done have them. The rest of them stays zero.
 */
static int
back_units(const struct fill *fill, size_t first, size_t last, size_t *done)
{
	const struct vmm_copy *copy = fill->copy;

	if (copy->unit == copy->granule)
		return 0;
	first = vmm_align_down(first, copy->unit);
	if (first < *done)
		first = *done;
	last = vmm_align_up(last, copy->unit);
	if (first >= last)
		return 0;
	*done = last;
	return fill->writes ? allocate(copy, first, last)
			    : back(copy, first, last);
}

static int
copy_used_pages(void *arg)
{
	const struct fill *fill = arg;
	const struct vmm_pool *pool = fill->copy->pool;
	size_t first = 0, last, done = 0;

	for (; vmm_pages_next_used(pool, &first, &last); first = last) {
		if (back_units(fill, first, last, &done) != 0)
			return -1;
		if (first < fill->shared && last > fill->shared)
			last = fill->shared;
		if (copy_run(fill, first, last) != 0)
			return -1;
	}
	return 0;
}

/*
 * Writing to a file takes the kernel half the time that copying to a mapping of
 * it does, but is safe only while no other thread can close the descriptor. It
 * pays once it saves more time than starting a process takes.
 */
static bool
should_write(const struct vmm_copy *copy)
{
	const struct vmm_pool *pool = copy->pool;

	return copy->granule == 1 && pool->high_water <= copy->file_pages &&
		bytes(copy, pool->used_pages) >= WRITE_MIN;
}

static int
copy_all(struct vmm_copy *copy, const char *again, size_t shared)
{
	struct fill fill = { copy, again, shared, .writes = true };
	int r;

	if (should_write(copy)) {
		if (vmm_os_run_apart(copy_used_pages, &fill) == 0)
			return 0;
		if (errno == ENOMEM)
			return -1;
		/* the mapping needs no descriptor, which may be replaced */
	}
	fill.writes = false;
	/* as in core/populate.c */
	if (copy->unit > copy->granule)
		vmm_os_allow_read_ahead(
			copy->map, bytes(copy, copy->mapped), false);
	r = copy_used_pages(&fill);
	if (copy->unit > copy->granule)
		vmm_os_allow_read_ahead(
			copy->map, bytes(copy, copy->mapped), true);
	return r;
}

int
vmm_copy_fill(struct vmm_copy *copy)
{
	struct vmm_pool *pool = copy->pool;
	size_t end = pool->high_water;
	size_t shared = end < pool->file_pages ? end : pool->file_pages;
	char *again = NULL;
	int r;

	if (end > 0 &&
		vmm_os_areas_find(&copy->areas, pool->base, bytes(copy, end)) !=
			0)
		return -1;
	if (map(copy, end) != 0)
		return -1;
	if (copy->shares_blocks)
		return vmm_os_file_reflink(&copy->file, &pool->file);
	/* one mapping of one file is all that can be mapped again */
	if (copy->areas.n > 0 && shared > 0 && pool->stripes.n == 0) {
		again = map_file(pool->base, bytes(copy, shared), &pool->file);
		if (again == NULL)
			return -1;
	}
	r = copy_all(copy, again, shared);
	if (r == 0)
		VMM_LOG(3, "copied %zu pages for a child", pool->used_pages);
	if (again != NULL)
		vmm_os_unmap(again, bytes(copy, shared));
	return r;
}

/* Moves the copy to the pool's addresses; on hugetlbfs maps its file there
 * again (no mremap before Linux 5.16). */
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

int
vmm_copy_adopt(struct vmm_copy *copy)
{
	struct vmm_pool *pool = copy->pool;

	if (move(copy) != 0)
		return -1;
	copy->file.held = NULL; /* children do not inherit that mapping */
	vmm_os_areas_apply(&copy->areas, true);
	vmm_os_areas_free(&copy->areas);
	if (pool->mapped > copy->mapped)
		vmm_os_unback(pool->base + bytes(copy, copy->mapped),
			bytes(copy, pool->mapped - copy->mapped));
	pool->mapped = copy->mapped;
	pool->punches_quickly = copy->punches_quickly;
	pool->unit = copy->unit;
	vmm_pool_adopted(pool, &copy->file, copy->file_pages);
	if (!copy->shares_blocks) {
		vmm_pages_forget_free(pool);
		vmm_pages_keep_dirty_only(pool);
	}
	if (copy->shares_blocks)
		vmm_sharers_adopt();
	VMM_LOG(3, "the copy is the pool: %zu pages", pool->mapped);
	return 0;
}

void
vmm_copy_close(struct vmm_copy *copy)
{
	unmap(copy);
	vmm_sharers_end(copy->mark);
	vmm_os_areas_free(&copy->areas);
	vmm_os_file_close(&copy->file);
}
