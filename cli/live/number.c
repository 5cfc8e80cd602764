/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of a statistics page; see number.h. */
#include "config.h"

#include "cli/live/number.h"

#include <time.h>

#define BYTES(field, label_, meaning_)                                 \
	{                                                              \
		.name = #field,                                        \
		.offset = offsetof(struct vmmalloc_page, field),       \
		.is_bytes = true, .label = (label_), .metric = #field, \
		.meaning = (meaning_),                                 \
	}
#define COUNTER(field, in_bytes, label_, meaning_)                             \
	{                                                                      \
		.name = #field,                                                \
		.offset = offsetof(struct vmmalloc_page, field),               \
		.is_bytes = (in_bytes), .is_counter = true, .label = (label_), \
		.metric = #field, .meaning = (meaning_),                       \
	}

const struct vmm_live_number vmm_live_numbers[] = {
	BYTES(reserved, "pool", "Size of the pool."),
	BYTES(committed, "committed", "Memory of the pool that is in use."),
	BYTES(committed_peak, "peak", "The most that was committed."),
	BYTES(allocated, "in blocks", "Memory in blocks of the program."),
	BYTES(idle, "idle", "Memory that is committed and free."),
	BYTES(ahead, "ahead", "Memory that was committed in advance."),
	BYTES(free, "free", "Address space that is in no extent."),
	COUNTER(purged, true, "purged", "Memory that was released."),
	COUNTER(commit_calls, false, "commit calls",
		"System calls that backed memory."),
	COUNTER(purge_calls, false, "purge calls",
		"System calls that released memory."),
	COUNTER(forks, false, "forks", "Forks of the process."),
	{ .name = NULL },
};

int64_t
vmm_live_age_ms(const struct vmmalloc_page *page)
{
	struct timespec now;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	/* another name space of time may have another clock */
	if (page->state != VMMALLOC_PAGE_LIVE ||
		page->started_ms > (uint64_t)ms)
		return -1;
	return ms - (int64_t)page->started_ms;
}
