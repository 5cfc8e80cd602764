/* SPDX-License-Identifier: BSD-3-Clause */
/* The statistics page; see page.h. No allocation, no lock, no system call. */
#include "config.h"

#include "core/page.h"

#include "base/format.h"
#include "base/hot.h"
#include "core/parts.h"
#include "core/pool.h"
#include "os/process.h"
#include "vmmalloc/backend.h"

#include <stddef.h>

_Static_assert(sizeof(struct vmmalloc_page_place) == 72, "installed");
_Static_assert(offsetof(struct vmmalloc_page, started_ms) == 40, "installed");
_Static_assert(offsetof(struct vmmalloc_page, reserved) == 128, "installed");
_Static_assert(offsetof(struct vmmalloc_page, place) == 224, "installed");
_Static_assert(offsetof(struct vmmalloc_page, request) == 800, "installed");
_Static_assert(sizeof(struct vmmalloc_page) == 856, "only ever appended to");
_Static_assert(VMMALLOC_PAGE_ALIGN == 64, "that of VMM_HOT_DATA_ALONE");
_Static_assert(VMMALLOC_PAGE_PLACES >= VMM_PARTS_MAX, "one for each place");

/* Is not zero at first, so that it lies in a mapping that names the library. */
struct vmmalloc_page vmm_page VMM_HOT_DATA_ALONE = {
	.magic = VMMALLOC_PAGE_MAGIC,
	.version = VMMALLOC_PAGE_VERSION,
	.struct_size = sizeof(struct vmmalloc_page),
	.library_version = PACKAGE_VERSION,
	.allocated = VMMALLOC_PAGE_UNKNOWN,
};

static bool is_answering VMM_HOT_DATA; /* atomic */

/*
 * Begin and end a change. In a child that a signal handler has forked in the
 * middle of one, the handler's change ends first: so both store numbers that do
 * not depend on what the other has stored.
 */
static uint32_t
begin(void)
{
	uint32_t odd = vmm_page.sequence | 1;

	__atomic_store_n(&vmm_page.sequence, odd, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return odd;
}

static void
end_at(uint32_t odd, uint64_t now_ms)
{
	if (vmm_page.state == VMMALLOC_PAGE_LIVE)
		vmm_page.updated_ms = now_ms;
	__atomic_store_n(&vmm_page.sequence, odd + 1, __ATOMIC_RELEASE);
}

static void
end(uint32_t odd)
{
	end_at(odd,
		vmm_page.state == VMMALLOC_PAGE_LIVE ? vmm_os_clock_ms() : 0);
}

void
vmm_page_start(const struct vmm_parts *parts, pid_t process)
{
	uint32_t odd = begin();

	vmm_page.state = VMMALLOC_PAGE_STARTING;
	vmm_page.pid = (int32_t)process;
	vmm_page.n_places = parts->n;
	for (unsigned int i = 0; i < parts->n; i++)
		vmm_format(vmm_page.place[i].name,
			sizeof(vmm_page.place[i].name), "%s",
			parts->part[i]->place);
	end(odd);
}

void
vmm_page_go_live(const struct vmmalloc_backend *backend, int fork_mode)
{
	uint32_t odd = begin();

	vmm_page.state = VMMALLOC_PAGE_LIVE;
	vmm_page.fork_mode = (uint32_t)fork_mode;
	vmm_page.started_ms = vmm_os_clock_ms();
	vmm_format(vmm_page.backend, sizeof(vmm_page.backend), "%s",
		backend->name);
	vmm_format(vmm_page.backend_version, sizeof(vmm_page.backend_version),
		"%s", backend->version);
	end(odd);
}

/* Of a part, in pages. */
static void
add(struct vmmalloc_page *sum, const struct vmm_pool *pool)
{
	size_t page_size = pool->page_size;

	sum->reserved += pool->size;
	sum->committed += pool->committed_pages * page_size;
	sum->committed_peak += pool->committed_peak * page_size;
	sum->purged += pool->purged_pages * page_size;
	sum->free += pool->free.total * page_size;
	sum->idle += (pool->committed_pages - pool->used_pages) * page_size;
	sum->ahead += (pool->committed_pages - pool->dirty_pages) * page_size;
	sum->commit_calls +=
		__atomic_load_n(&pool->commit_calls, __ATOMIC_RELAXED);
	sum->purge_calls += pool->purge_calls;
}

void
vmm_page_update(const struct vmm_parts *parts)
{
	uint32_t odd = begin();

	vmm_page.reserved = vmm_page.committed = vmm_page.committed_peak =
		vmm_page.purged = vmm_page.free = vmm_page.idle =
			vmm_page.ahead = vmm_page.commit_calls =
				vmm_page.purge_calls = 0;
	for (unsigned int i = 0; i < parts->n; i++) {
		const struct vmm_pool *pool = parts->part[i];
		struct vmmalloc_page_place *place = &vmm_page.place[i];

		add(&vmm_page, pool);
		place->reserved = pool->size;
		place->committed = pool->committed_pages * pool->page_size;
		place->free = pool->free.total * pool->page_size;
		place->spills = parts->spills[i];
	}
	end(odd);
}

void
vmm_page_set_sample(uint64_t sample, uint64_t allocated)
{
	__atomic_store_n(&vmm_page.allocated, allocated, __ATOMIC_RELAXED);
	__atomic_store_n(&vmm_page.sampled, sample, __ATOMIC_RELEASE);
}

void
vmm_page_set_forks(uint64_t forks)
{
	__atomic_store_n(&vmm_page.forks, forks, __ATOMIC_RELAXED);
}

VMM_HOT_CODE void
vmm_page_forked(pid_t process, uint64_t now_ms)
{
	uint32_t odd = begin();

	vmm_page.pid = (int32_t)process;
	vmm_page.forks = 0;
	if (vmm_page.state == VMMALLOC_PAGE_LIVE)
		vmm_page.started_ms = now_ms;
	vmm_page.request = vmm_page.answered = 0;
	is_answering = false;
	end_at(odd, now_ms);
}

bool
vmm_page_begin_answer(uint64_t *request)
{
	if (__atomic_exchange_n(&is_answering, true, __ATOMIC_ACQUIRE))
		return false;
	*request = __atomic_load_n(&vmm_page.request, __ATOMIC_ACQUIRE);
	if (*request != vmm_page.answered)
		return true;
	vmm_page_defer_answer();
	return false;
}

void
vmm_page_end_answer(uint64_t request, int result)
{
	vmm_page.result = result;
	__atomic_store_n(&vmm_page.answered, request, __ATOMIC_RELEASE);
	__atomic_store_n(&is_answering, false, __ATOMIC_RELEASE);
}

void
vmm_page_defer_answer(void)
{
	__atomic_store_n(&is_answering, false, __ATOMIC_RELEASE);
}

void
vmm_page_set_report(const char *text, uint64_t size)
{
	vmm_page.report = (uintptr_t)text;
	vmm_page.report_size = size;
}
