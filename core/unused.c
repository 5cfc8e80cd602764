/* SPDX-License-Identifier: BSD-3-Clause */
/* The free pages of all parts; see unused.h. No allocation here. */
#include "config.h"

#include "core/unused.h"

#include "base/extent.h"
#include "base/hot.h"
#include "base/log.h"
#include "core/idle.h"
#include "core/pages.h"
#include "core/parts.h"
#include "core/pool.h"
#include "os/lock.h"
#include "vmmalloc/backend.h"

static struct vmm_parts *parts VMM_HOT_DATA;
static struct vmm_idle idle[VMM_PARTS_MAX] VMM_HOT_DATA;

void
vmm_unused_init(struct vmm_parts *the_parts)
{
	parts = the_parts;
}

void
vmm_unused_look_after(const struct vmm_pool *changed)
{
	VMM_ASSERT(vmm_lock_is_mine());
	for (unsigned int i = 0; i < parts->n; i++)
		vmm_idle_look_after(
			&idle[i], parts->part[i], parts->part[i] == changed);
}

size_t
vmm_unused_alloc(unsigned int part, size_t n, size_t align, unsigned int flags)
{
	struct vmm_pool *pool = parts->part[part];
	size_t page = VMM_EXTENT_NONE;

	VMM_ASSERT(vmm_lock_is_mine());
	if (flags & VMMALLOC_EXTENT_GROWING)
		page = vmm_pages_alloc_growing(pool, n, align);
	if (page != VMM_EXTENT_NONE)
		return page;
	while ((page = vmm_pages_alloc(pool, n, align)) == VMM_EXTENT_NONE &&
		idle[part].n_purging > 0)
		vmm_lock_wait();
	return page;
}

bool
vmm_unused_purge(size_t run_min)
{
	size_t purged = 0;

	for (unsigned int i = 0; i < parts->n; i++) {
		struct vmm_pool *pool = parts->part[i];

		purged += vmm_idle_purge(&idle[i], pool,
			pool->committed_pages - pool->used_pages,
			run_min / pool->page_size);
	}
	return purged > 0;
}

bool
vmm_unused_purge_batch(void)
{
	bool is_more = false;

	for (unsigned int i = 0; i < parts->n; i++)
		is_more |= vmm_idle_purge_batch(&idle[i], parts->part[i]);
	return is_more;
}

void
vmm_unused_adopted(void)
{
	for (unsigned int i = 0; i < parts->n; i++)
		idle[i].least = parts->part[i]->committed_pages -
			parts->part[i]->used_pages;
}
