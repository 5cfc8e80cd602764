/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * glibc's functions that report on the heap or tune it, here for the pool. The
 * parameters of mallopt have no meaning for it, and are accepted without
 * effect. Thread-safe; only malloc_info uses stdio. Built for glibc only.
 */
#include "config.h"

#include "interpose/export.h"

#include "base/format.h"
#include "core/init.h"
#include "core/stats.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Bytes that the heap has in use; all that are committed if it cannot say. */
static uint64_t
in_use(const struct vmmalloc_stats *stats)
{
	return stats->allocated != UINT64_MAX ? stats->allocated
					      : stats->committed;
}

/* Bytes that are committed and not in use. */
static uint64_t
unused(const struct vmmalloc_stats *stats)
{
	return stats->committed > in_use(stats)
		? stats->committed - in_use(stats)
		: 0;
}

/* All of the heap is in one arena; nothing is what glibc calls mmapped. */
#ifdef HAVE_MALLINFO2
VMM_EXPORT struct mallinfo2
mallinfo2(void)
#else /* before glibc 2.33 */
struct mallinfo2 {
	size_t arena, usmblks, uordblks, fordblks, keepcost;
};
static struct mallinfo2
mallinfo2(void)
#endif
{
	struct vmmalloc_stats stats;
	struct mallinfo2 info = { 0 };

	vmm_stats_get(&stats);
	info.arena = stats.committed;
	info.usmblks = stats.committed_peak;
	info.uordblks = in_use(&stats);
	info.fordblks = unused(&stats);
	info.keepcost = vmm_stats_idle();
	return info;
}

static int
clamp(size_t n)
{
	return n > INT_MAX ? INT_MAX : (int)n;
}

VMM_EXPORT struct mallinfo
mallinfo(void)
{
	struct mallinfo2 from = mallinfo2();
	struct mallinfo info = { 0 };

	info.arena = clamp(from.arena);
	info.usmblks = clamp(from.usmblks);
	info.uordblks = clamp(from.uordblks);
	info.fordblks = clamp(from.fordblks);
	info.keepcost = clamp(from.keepcost);
	return info;
}

VMM_EXPORT void
malloc_stats(void)
{
	struct vmmalloc_stats stats;
	char text[512];
	size_t n;

	vmm_stats_get(&stats);
	n = vmm_format(text, sizeof(text),
		"libvmmalloc pool:\n"
		"size             = %llu\n"
		"committed bytes  = %llu\n"
		"committed peak   = %llu\n"
		"purged bytes     = %llu\n"
		"in use bytes     = %llu\n",
		(unsigned long long)stats.pool_size,
		(unsigned long long)stats.committed,
		(unsigned long long)stats.committed_peak,
		(unsigned long long)stats.purged,
		(unsigned long long)in_use(&stats));
	(void)!write(STDERR_FILENO, text, n);
}

/*
 * The text that glibc prints for each arena and then for all; there is one
 * here. Programs read the totals, and take "current" for what the heap has from
 * the system.
 */
#define TOTALS                                            \
	"<total type=\"fast\" count=\"0\" size=\"0\"/>\n" \
	"<total type=\"rest\" count=\"%u\" size=\"%llu\"/>\n"
#define SYSTEM                                       \
	"<system type=\"current\" size=\"%llu\"/>\n" \
	"<system type=\"max\" size=\"%llu\"/>\n"     \
	"<aspace type=\"total\" size=\"%llu\"/>\n"   \
	"<aspace type=\"mprotect\" size=\"%llu\"/>\n"

VMM_EXPORT int
malloc_info(int options, FILE *stream)
{
	struct vmmalloc_stats stats;
	unsigned long long size, current, max, rest;
	unsigned int n_rest;

	if (options != 0) {
		errno = EINVAL;
		return -1;
	}
	vmm_stats_get(&stats);
	size = stats.pool_size;
	current = stats.committed;
	max = stats.committed_peak;
	rest = unused(&stats);
	n_rest = rest != 0;
	return fprintf(stream,
		       "<malloc version=\"1\">\n"
		       "<heap nr=\"0\">\n"
		       "<sizes>\n"
		       "</sizes>\n" TOTALS SYSTEM "</heap>\n" TOTALS
		       "<total type=\"mmap\" count=\"0\" size=\"0\"/>\n" SYSTEM
		       "<pool version=\"%s\" backend=\"%s\" purged=\"%llu\" "
		       "free=\"%llu\" allocated=\"%llu\"/>\n"
		       "</malloc>\n",
		       n_rest, rest, current, max, size, size, n_rest, rest,
		       current, max, size, size, PACKAGE_VERSION,
		       vmm_stats_backend(), (unsigned long long)stats.purged,
		       (unsigned long long)stats.free,
		       (unsigned long long)in_use(&stats)) < 0
		? -1
		: 0;
}

VMM_EXPORT int
mallopt(int parameter, int value)
{
	(void)value;
	switch (parameter) {
	case M_MXFAST:
	case M_TRIM_THRESHOLD:
	case M_TOP_PAD:
	case M_MMAP_THRESHOLD:
	case M_MMAP_MAX:
	case M_CHECK_ACTION:
	case M_PERTURB:
	case M_ARENA_TEST:
	case M_ARENA_MAX:
		return 1;
	default:
		return 0;
	}
}
