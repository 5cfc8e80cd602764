/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * glibc's calls that report on the heap or tune it, here about the pool. The
 * parameters of mallopt have no meaning for it and are accepted without effect.
 * Thread-safe; only malloc_info uses stdio. Built for glibc only.
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

/* What the heap has in use; all of what is committed where it cannot say. */
static uint64_t
in_use(const struct vmmalloc_stats *stats)
{
	return stats->allocated != UINT64_MAX ? stats->allocated
					      : stats->committed;
}

#ifdef HAVE_MALLINFO2
VMM_EXPORT struct mallinfo2
mallinfo2(void)
#else /* before glibc 2.33 */
struct mallinfo2 {
	size_t arena, usmblks, uordblks, fordblks;
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
	if (stats.committed > in_use(&stats))
		info.fordblks = stats.committed - in_use(&stats);
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

VMM_EXPORT int
malloc_info(int options, FILE *stream)
{
	struct vmmalloc_stats stats;

	if (options != 0) {
		errno = EINVAL;
		return -1;
	}
	vmm_stats_get(&stats);
	return fprintf(stream,
		       "<malloc version=\"libvmmalloc-%s\">\n"
		       "<pool size=\"%llu\" committed=\"%llu\" peak=\"%llu\" "
		       "purged=\"%llu\" free=\"%llu\"/>\n"
		       "<heap backend=\"%s\" allocated=\"%llu\"/>\n"
		       "</malloc>\n",
		       PACKAGE_VERSION, (unsigned long long)stats.pool_size,
		       (unsigned long long)stats.committed,
		       (unsigned long long)stats.committed_peak,
		       (unsigned long long)stats.purged,
		       (unsigned long long)stats.free, vmm_stats_backend(),
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
