/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * malloc_trim: returns free memory of the heap to the file system. It is the
 * only one of glibc's controls that is of use to any program. Thread-safe.
 */
#include "config.h"

#include "interpose/export.h"

#include "core/stats.h"

VMM_EXPORT int
malloc_trim(size_t pad)
{
	(void)pad;
	return vmm_stats_trim();
}
