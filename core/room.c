/* SPDX-License-Identifier: BSD-3-Clause */
/* Room for commits; see room.h. */
#include "config.h"

#include "core/room.h"

#include "base/bitmap.h"
#include "core/defer.h"
#include "core/pages.h"
#include "core/pool.h"
#include "os/cgroup.h"

/*
 * Commits of more than LARGE bytes are refused at once if the file system has
 * no room: filling it to find out would take time, and room from others. For
 * VERY_LARGE see has_space.
 */
#define LARGE ((size_t)8 << 20)
#define VERY_LARGE ((size_t)64 << 20)

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * The part of the private memory that is not the heap's: what there was at
 * first, and of the rest one part in 1 << METADATA_SHIFT, for metadata of the
 * backend.
 */
#define METADATA_SHIFT 5

/*
 * Memory that is handed out in a pool in memory and was not touched yet will be
 * needed too.
 */
static uint64_t
subtract_promised(const struct vmm_pool *pool, uint64_t room)
{
	const struct vmm_budget *budget = pool->budget;
	uint64_t promised =
		(uint64_t)(budget != NULL ? budget->lazy : pool->dirty_pages) *
		pool->page_size;
	uint64_t touched = vmm_os_private_resident();

	if (budget != NULL)
		touched -= least(touched, budget->other);
	touched -= touched >> METADATA_SHIFT;
	promised -= least(promised, touched);
	return room - least(room, promised);
}

/* Half of what is left is used before the kernel is asked again: others take
 * from it. */
static uint64_t
use_half(uint64_t room, uint64_t bytes)
{
	return room / 2 > bytes ? room / 2 : room;
}

/*
 * Whether the nodes of a strict policy have room. If they had none left when a
 * page is touched, the kernel would end a process, however much memory other
 * nodes have.
 */
static bool
have_nodes_room(struct vmm_pool *pool, uint64_t bytes)
{
	uint64_t room;

	if (bytes <= pool->nodes_room)
		return true;
	if (vmm_os_policy_room(&pool->policy, &room) != 0) {
		pool->nodes_room = UINT64_MAX;
		return true;
	}
	pool->nodes_room = use_half(subtract_promised(pool, room), bytes);
	return bytes <= pool->nodes_room;
}

/* The same of the control group, in which the kernel would end a process. */
static bool
has_group_room(struct vmm_pool *pool, uint64_t bytes)
{
	struct vmm_budget *budget = pool->budget;
	uint64_t room;

	if (bytes <= budget->room)
		return true;
	if (vmm_os_cgroup_room(&room) != 0) {
		budget->room = UINT64_MAX;
		return true;
	}
	budget->room = use_half(subtract_promised(pool, room), bytes);
	return bytes <= budget->room;
}

/*
 * Whether the file system has room. It is asked about large commits only and,
 * up to VERY_LARGE bytes, only if the room that is known is not enough: a
 * sandbox may kill a process that asks.
 */
static bool
has_space(struct vmm_pool *pool, size_t page, size_t last)
{
	size_t n = last - page;
	uint64_t bytes, total;

	if (n * pool->page_size <= LARGE || vmm_defer_may(pool, n))
		return true;
	bytes = (uint64_t)(n - vmm_pages_committed(pool, page, last)) *
		pool->page_size;
	if (pool->file_pages == 0 ||
		(bytes <= VERY_LARGE && bytes <= pool->room))
		return true;
	if (vmm_stripes_space(pool, &total, &pool->room) != 0)
		pool->room = UINT64_MAX;
	return bytes <= pool->room;
}

/* Pages of the range that the program has not had since they were purged. */
static uint64_t
new_bytes(const struct vmm_pool *pool, size_t page, size_t last)
{
	return (uint64_t)(last - page -
		       vmm_bitmap_count(pool->dirty, page, last)) *
		pool->page_size;
}

bool
vmm_room_is_likely(struct vmm_pool *pool, size_t page, size_t last)
{
	const struct vmm_budget *budget = pool->budget;

	if (budget != NULL && budget->max != SIZE_MAX &&
		budget->committed + last - page -
				vmm_pages_committed(pool, page, last) >
			budget->max)
		return false;
	if (budget != NULL && budget->is_group &&
		!has_group_room(pool, new_bytes(pool, page, last)))
		return false;
	if (pool->policy.is_strict &&
		!have_nodes_room(pool, new_bytes(pool, page, last)))
		return false;
	return has_space(pool, page, last);
}

void
vmm_room_forget(struct vmm_pool *pool)
{
	pool->room = 0;
	pool->nodes_room = 0;
	if (pool->budget != NULL)
		pool->budget->room = 0;
}

void
vmm_room_use(struct vmm_pool *pool, size_t pages)
{
	uint64_t bytes = (uint64_t)pages * pool->page_size;
	struct vmm_budget *budget = pool->budget;

	if (pool->room != UINT64_MAX)
		pool->room -= least(pool->room, bytes);
	if (pool->nodes_room != UINT64_MAX)
		pool->nodes_room -= least(pool->nodes_room, bytes);
	if (budget != NULL && budget->room != UINT64_MAX)
		budget->room -= least(budget->room, bytes);
}

/* Nodes and groups are asked again instead: others may have taken it. */
void
vmm_room_add(struct vmm_pool *pool, size_t pages)
{
	if (pool->room != UINT64_MAX)
		pool->room += (uint64_t)pages * pool->page_size;
}

bool
vmm_room_begin(struct vmm_pool *pool, size_t pages)
{
	struct vmm_budget *budget = pool->budget;

	if (budget == NULL)
		return true;
	if (budget->max != SIZE_MAX &&
		budget->committed + budget->in_flight + pages > budget->max)
		return false;
	budget->in_flight += pages;
	return true;
}

void
vmm_room_end(struct vmm_pool *pool, size_t pages)
{
	if (pool->budget != NULL)
		pool->budget->in_flight -= pages;
}

bool
vmm_room_has_copy(struct vmm_pool *pool, size_t bytes)
{
	struct vmm_budget *budget = pool->budget;
	bool has_room;

	if (budget == NULL || !budget->is_group)
		return true;
	budget->room = 0;
	has_room = has_group_room(pool, bytes);
	budget->room = 0;
	return has_room;
}

bool
vmm_room_is_limited(const struct vmm_pool *pool)
{
	const struct vmm_budget *budget = pool->budget;

	return budget != NULL && (budget->max != SIZE_MAX || budget->is_group);
}

bool
vmm_room_is_in_flight(const struct vmm_pool *pool)
{
	return pool->budget != NULL && pool->budget->in_flight > 0;
}
