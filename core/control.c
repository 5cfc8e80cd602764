/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests of other processes; see control.h. No allocation here. */
#include "config.h"

#include "core/control.h"

#include "base/hot.h"
#include "base/log.h"
#include "core/host.h"
#include "core/page.h"
#include "core/profile_file.h"
#include "core/samples.h"
#include "core/stats.h"
#include "os/process.h"
#include "vmmalloc/backend.h"

#include <errno.h>

/* How often the backend is asked for the bytes in blocks, at most. */
#define SAMPLE_MS 100

/*
 * How long a request waits for a call in which the backend's functions may be
 * called, if the backend does not poll.
 */
#define DEFER_MS 200

/* The backend polls. */
static bool is_polling VMM_HOT_DATA;

static const struct vmmalloc_backend *heap VMM_HOT_DATA;

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
profile(void)
{
	/* a thread that records a sample holds the lock of the samples */
	if (vmm_samples_is_locked_by_me())
		return EBUSY;
	return vmm_profile_dump() == 0 ? VMMALLOC_PAGE_DONE : errno;
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
		return profile();
	default:
		return EINVAL;
	}
}

/* Within an answer: whether there may be a better moment for it. */
static bool
must_wait(uint64_t request)
{
	static uint64_t seen, seen_ms;
	uint64_t now = vmm_os_clock_ms();

	if (seen != request) {
		seen = request;
		seen_ms = now;
	}
	return is_polling || now - seen_ms < DEFER_MS;
}

static void
answer(bool is_outside)
{
	uint64_t request;

	if (vmm_stats_heap() == NULL || !vmm_page_begin_answer(&request))
		return;
	if (!is_outside && must_wait(request)) {
		vmm_page_defer_answer();
		return;
	}
	VMM_LOG(2, "request %llx", (unsigned long long)request);
	vmm_page_end_answer(request, carry_out((uint32_t)request, is_outside));
}

/*
 * Counts the bytes in blocks. That takes the backend's locks, so it is limited,
 * however often it is asked for.
 */
static void
sample(void)
{
	static uint64_t last_ms; /* atomic */
	uint64_t word = __atomic_load_n(&vmm_page.sample, __ATOMIC_RELAXED);
	uint64_t last = __atomic_load_n(&last_ms, __ATOMIC_RELAXED);
	uint64_t now = vmm_os_clock_ms();

	if (now - last < SAMPLE_MS ||
		!__atomic_compare_exchange_n(&last_ms, &last, now, false,
			__ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	vmm_page_set_sample(word, vmm_stats_allocated());
}

void
vmm_control_poll(bool is_outside)
{
	int err = errno;

	if (vmm_stats_heap() == NULL) {
		is_polling |= is_outside;
		return;
	}
	if (is_outside && vmm_page_wants_sample())
		sample();
	if (vmm_page_has_request())
		answer(is_outside);
	errno = err;
}

static void
look(void)
{
	if (vmm_page_has_request() || vmm_page_wants_sample())
		vmm_control_poll(true);
}

static void *
look_and_calloc(size_t nmemb, size_t size)
{
	look();
	return heap->calloc(nmemb, size);
}

static void *
look_and_realloc(void *ptr, size_t size)
{
	look();
	return heap->realloc(ptr, size);
}

static void *
look_and_memalign(size_t alignment, size_t size)
{
	look();
	return heap->memalign(alignment, size);
}

void *(*vmm_control_calloc(const struct vmmalloc_backend *backend))(
	size_t nmemb, size_t size)
{
	heap = backend;
	return is_polling ? backend->calloc : look_and_calloc;
}

void *(*vmm_control_realloc(const struct vmmalloc_backend *backend))(
	void *ptr, size_t size)
{
	heap = backend;
	return is_polling ? backend->realloc : look_and_realloc;
}

void *(*vmm_control_memalign(const struct vmmalloc_backend *backend))(
	size_t alignment, size_t size)
{
	heap = backend;
	return is_polling ? backend->memalign : look_and_memalign;
}
