/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests of other processes; see control.h. No allocation here. */
#include "config.h"

#include "core/control.h"

#include "base/log.h"
#include "core/host.h"
#include "core/page.h"
#include "core/stats.h"
#include "os/process.h"

#include <errno.h>

/* How often the backend is asked for the bytes in blocks. */
#define ALLOCATED_MS 250

/* The backend calls at times when its functions may be called; atomic. */
static bool has_outside;

static char report[VMM_STATS_REPORT_MAX];

static int
purge(bool is_outside)
{
	if (is_outside)
		vmm_stats_trim();
	else
		vmm_host_trim(1);
	return is_outside ? VMMALLOC_PAGE_DONE : VMMALLOC_PAGE_PARTLY;
}

static int
dump(bool is_outside)
{
	vmm_page_set_report(
		report, vmm_stats_format(report, sizeof(report), is_outside));
	return is_outside ? VMMALLOC_PAGE_DONE : VMMALLOC_PAGE_PARTLY;
}

static int
carry_out(uint32_t command, bool is_outside)
{
	switch (command) {
	case VMMALLOC_PAGE_PURGE:
		return purge(is_outside);
	case VMMALLOC_PAGE_RESET_PEAK:
		vmm_host_reset_peak();
		return VMMALLOC_PAGE_DONE;
	case VMMALLOC_PAGE_DUMP:
		return dump(is_outside);
	case VMMALLOC_PAGE_PROFILE:
		return ENOSYS;
	default:
		return EINVAL;
	}
}

static void
answer(bool is_outside)
{
	uint64_t request;

	if (vmm_stats_heap() == NULL || !vmm_page_begin_answer(&request))
		return;
	if (!is_outside && __atomic_load_n(&has_outside, __ATOMIC_RELAXED)) {
		vmm_page_defer_answer();
		return;
	}
	VMM_LOG(2, "request %llx", (unsigned long long)request);
	vmm_page_end_answer(request, carry_out((uint32_t)request, is_outside));
}

/* Counts the bytes in blocks, from time to time. */
static void
refresh(void)
{
	static uint64_t last_ms; /* atomic */
	uint64_t last = __atomic_load_n(&last_ms, __ATOMIC_RELAXED);
	uint64_t now = vmm_os_clock_ms();

	if (now - last < ALLOCATED_MS ||
		!__atomic_compare_exchange_n(&last_ms, &last, now, false,
			__ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	vmm_page_set_allocated(vmm_stats_allocated());
}

void
vmm_control_poll(bool is_outside)
{
	int err = errno;

	if (is_outside && vmm_stats_heap() != NULL) {
		__atomic_store_n(&has_outside, true, __ATOMIC_RELAXED);
		refresh();
	}
	if (vmm_page_has_request())
		answer(is_outside);
	errno = err;
}
