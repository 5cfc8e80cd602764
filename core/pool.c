/* SPDX-License-Identifier: BSD-3-Clause */
/* Address space of the pool, and how it grows; see pool.h. */
#include "config.h"

#include "core/pool.h"

#include "base/bitmap.h"
#include "base/checked.h"
#include "base/log.h"
#include "core/policy.h"
#include "core/stripes.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define GIANT_PAGE ((size_t)1 << 30)

/*
 * The mark doubles, in steps of up to this size. So system calls are few, and
 * so are pages beyond those in use, which a core file or mlockall would fill.
 */
#define STEP_MAX ((size_t)64 << 20)

/*
 * The mark is a multiple of a huge page, so that each can be backed as one.
 * Only below the first one the steps are smaller: most programs never need it,
 * and a write far behind their blocks then faults.
 */
#define STEP_FIRST ((size_t)512 << 10)

/* Makes all files as long as the shortest one can be. */
static int
resize_stripes(struct vmm_pool *pool)
{
	size_t least = pool->size / pool->stripes.n;

	for (unsigned int i = 0; i < pool->stripes.n; i++) {
		size_t size = pool->size / pool->stripes.n;

		if (vmm_os_file_resize(&pool->stripes.file[i], &size) != 0)
			return -1;
		if (size < least)
			least = size;
	}
	least /= pool->page_size;
	pool->file_pages =
		vmm_align_down(least, pool->stripes.pages) * pool->stripes.n;
	return 0;
}

static int
set_size(struct vmm_pool *pool, const struct vmm_os_backing *backing,
	size_t size)
{
	size_t file_size;

	if (backing->is_device) {
		if (size > backing->device_size)
			size = backing->device_size;
		pool->size = vmm_align_down(size, backing->unit);
	} else if (vmm_align_up_overflows(size, backing->unit, &pool->size)) {
		errno = EINVAL;
		return -1;
	}
	pool->pages = pool->size / pool->page_size;
	file_size = pool->size;
	if (pool->stripes.n > 0)
		return resize_stripes(pool);
	if (pool->file.fd < 0) /* a sandbox allows no file: private memory */
		file_size = 0;
	else if (!backing->is_device &&
		vmm_os_file_resize(&pool->file, &file_size) != 0)
		return -1;
	pool->file_pages =
		vmm_align_down(file_size, backing->unit) / pool->page_size;
	return 0;
}

static int
map_whole(struct vmm_pool *pool)
{
	if (pool->file_pages < pool->pages) {
		errno = EFBIG;
		return -1;
	}
	if (vmm_os_map_file(pool->base, pool->size, &pool->file, 0,
		    VMM_OS_SHARED) == NULL)
		return -1;
	pool->mapped = pool->pages;
	return 0;
}

size_t
vmm_pool_alignment(size_t size)
{
	return size >= GIANT_PAGE ? GIANT_PAGE : HUGE_PAGE;
}

static char *
take_space(const struct vmm_pool *pool, const struct vmm_space *space)
{
	size_t granule = pool->granule * pool->page_size;

	if (space == NULL)
		return vmm_os_reserve(pool->size,
			pool->huge_page_size > vmm_pool_alignment(pool->size)
				? pool->huge_page_size
				: vmm_pool_alignment(pool->size));
	if (pool->size <= space->size &&
		((uintptr_t)space->base & (granule - 1)) == 0)
		return space->base;
	errno = ENOMEM;
	return NULL;
}

static int
create(struct vmm_pool *pool, const struct vmm_os_backing *backing,
	const struct vmm_stripes *stripes, size_t size,
	const struct vmm_space *space)
{
	size_t map_bytes;
	char *maps;

	*pool = (struct vmm_pool){
		.page_size = vmm_os_page_size(),
		.huge_page_size = HUGE_PAGE,
		.granule = backing->granule / vmm_os_page_size(),
		.unit = backing->unit / vmm_os_page_size(),
		.file = backing->file,
		.marker = VMM_OS_NO_FILE,
		.is_device = backing->is_device,
		.punches_quickly = backing->punches_quickly,
		.can_punch = !backing->is_device,
		.wants_huge =
			backing->makes_huge_pages && vmm_os_has_huge_pages(),
		.may_use_huge_pages = true,
		.can_have_policy = backing->makes_huge_pages ||
			(!backing->is_device &&
				backing->granule > vmm_os_page_size()),
	};
	if (stripes != NULL)
		pool->stripes = *stripes;
	if (set_size(pool, backing, size) != 0)
		goto out_close;
	if (backing->granule > pool->huge_page_size)
		pool->huge_page_size = backing->granule;
	pool->base = take_space(pool, space);
	if (pool->base == NULL)
		goto out_close;
	if (pool->granule > 1 || pool->is_device)
		if (map_whole(pool) != 0)
			goto out_close;
	map_bytes = VMM_BITMAP_WORDS(pool->pages) * sizeof(uint64_t);
	maps = vmm_os_map_anon(
		4 * map_bytes + vmm_extent_set_bytes(pool->pages));
	if (maps == NULL)
		goto out_close;
	pool->committed = (uint64_t *)(void *)maps;
	pool->dirty = (uint64_t *)(void *)(maps + map_bytes);
	pool->anon = (uint64_t *)(void *)(maps + 2 * map_bytes);
	pool->deferred = (uint64_t *)(void *)(maps + 3 * map_bytes);
	vmm_extent_set_init(&pool->free, maps + 4 * map_bytes);
	/* written before they are read: otherwise each is two page faults */
	*(volatile uint64_t *)pool->committed = 0;
	*(volatile uint64_t *)pool->dirty = 0;
	return 0;

out_close: /* the process will end: its mappings need no care */
	vmm_os_file_close(&pool->file);
	return -1;
}

int
vmm_pool_create(struct vmm_pool *pool, const char *dir, size_t size,
	const struct vmm_space *space, char *tmp_name, size_t tmp_name_size,
	const char **why)
{
	struct vmm_os_backing backing;

	if (vmm_os_backing_open(
		    &backing, NULL, dir, tmp_name, tmp_name_size, why) != 0 &&
		errno != ENOSYS)
		return -1;
	return create(pool, &backing, NULL, size, space);
}

int
vmm_pool_create_striped(struct vmm_pool *pool, const struct vmm_places *places,
	size_t stripe, const char **why)
{
	struct vmm_os_backing backing;
	struct vmm_stripes stripes;
	size_t size;

	if (vmm_stripes_open(&stripes, places, stripe, &backing, &size, why) !=
		0)
		return -1;
	return create(pool, &backing, &stripes, size, NULL);
}

int
vmm_pool_create_in_memory(struct vmm_pool *pool,
	const struct vmm_os_policy *policy, size_t size,
	const struct vmm_space *space, const char **why)
{
	const struct vmm_os_backing backing = {
		.file = VMM_OS_NO_FILE,
		.granule = vmm_os_page_size(),
		.unit = vmm_os_page_size(),
		.makes_huge_pages = true,
		.punches_quickly = true,
	};

	*why = NULL;
	if (create(pool, &backing, NULL, size, space) != 0)
		return -1;
	pool->is_lazy = true;
	pool->policy = *policy;
	return vmm_os_policy_try(policy, pool->base, pool->size, why);
}

/* The page that has the start of the piece's file. */
static size_t
first_page_of(const struct vmm_pool *pool, const struct vmm_piece *piece)
{
	return pool->stripes.n == 0 ? 0
				    : piece->first / pool->stripes.pages %
			pool->stripes.n * pool->stripes.pages;
}

/*
 * Maps pages of a file; by address if the program has closed its descriptor.
 */
static int
map_piece(struct vmm_pool *pool, const struct vmm_piece *piece)
{
	char *addr = pool->base + piece->first * pool->page_size;
	size_t size = (piece->last - piece->first) * pool->page_size;
	size_t start = first_page_of(pool, piece);

	if (vmm_os_map_file(addr, size, piece->file, (off_t)piece->offset,
		    VMM_OS_SHARED) == NULL) {
		if (errno != EBADF)
			return -1;
		/* possible only if page 0 is still mapped from the file */
		if (pool->returns || pool->mapped <= start ||
			vmm_os_map_more(pool->base + start * pool->page_size,
				piece->offset, addr, size) != 0)
			return -1;
	}
	return vmm_policy_apply(pool, addr, size);
}

/* Maps pages of the file, or of the files, and moves the mark. */
static int
map_file(struct vmm_pool *pool, size_t first, size_t last)
{
	while (first < last) {
		struct vmm_piece piece = vmm_stripes_find(pool, first, last);

		if (map_piece(pool, &piece) != 0)
			return -1;
		pool->mapped = first = piece.last;
	}
	return 0;
}

/*
 * Maps anonymous memory. In a pool in memory, huge pages are where it is
 * committed with them (populate.c), whatever is the default of the kernel. A
 * policy that the kernel does not take any more matters only if memory of
 * another node is not wanted.
 */
static int
map_anon(const struct vmm_pool *pool, size_t first, size_t last)
{
	char *addr = pool->base + first * pool->page_size;
	size_t size = (last - first) * pool->page_size;

	if (vmm_os_map_zero(addr, size) != 0)
		return -1;
	if (pool->is_lazy)
		vmm_os_allow_huge(addr, size, false);
	return vmm_policy_apply(pool, addr, size);
}

/* Makes [mapped, last) accessible, as far as that is possible. */
static int
map_up_to(struct vmm_pool *pool, size_t last)
{
	size_t bound = last < pool->file_pages ? last : pool->file_pages;

	if (pool->mapped < bound && map_file(pool, pool->mapped, bound) != 0)
		return -1;
	if (pool->mapped < last) {
		if (map_anon(pool, pool->mapped, last) != 0)
			return -1;
		pool->mapped = last;
	}
	return 0;
}

int
vmm_pool_map(struct vmm_pool *pool, size_t last)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t step = STEP_MAX / pool->page_size;
	struct vmm_os_signals signals;
	size_t most, least;
	int r;

	if (last <= pool->mapped)
		return 0;
	most = pool->mapped + (pool->mapped < step ? pool->mapped : step);
	if (last <= huge && most <= huge && STEP_FIRST >= pool->page_size)
		huge = STEP_FIRST / pool->page_size;
	least = vmm_align_up(last, huge);
	most = vmm_align_up(most, huge);
	if (most < least)
		most = least;
	if (least > pool->pages)
		least = pool->pages;
	if (most > pool->pages)
		most = pool->pages;
	/* a signal handler that forks must not find mapping and mark at odds */
	vmm_os_signals_block(&signals);
	r = map_up_to(pool, most);
	if (r != 0)
		r = map_up_to(pool, least);
	vmm_os_signals_restore(&signals);
	if (r != 0)
		errno = ENOMEM;
	return r;
}

void
vmm_pool_adopted(struct vmm_pool *pool, const struct vmm_os_file *file,
	size_t file_pages)
{
	vmm_pool_forget_pasts(pool);
	vmm_bitmap_assign(pool->anon, 0, pool->mapped, false);
	pool->file = *file;
	pool->file_pages = file_pages;
	pool->stripes.n = 0;
	pool->returns = false;
	pool->is_device = false;
	pool->can_punch = !pool->is_preallocated;
	if (file->fd < 0)
		pool->granule = pool->unit = 1;
}
