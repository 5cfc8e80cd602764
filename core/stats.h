/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Statistics of the pool and the heap: for the public API, malloc_info
 * and its like, and the report that VMMALLOC_STATS_FILE asks for. Thread-safe.
 */
#ifndef VMM_STATS_H
#define VMM_STATS_H

#include "libvmmalloc.h"
#include "vmmalloc/backend.h"

#include <limits.h>
#include <stdbool.h>

struct vmm_config;

/* Six paths, of which each byte takes up to 6 in JSON, and the rest. */
#define VMM_STATS_REPORT_MAX (6 * 6 * PATH_MAX + 8192)

/* Both must stay valid; the report is written when the process exits. */
void vmm_stats_init(const struct vmm_config *config,
	const struct vmmalloc_backend *backend);

/*
 * Fills all fields. Until the backend is live all counts are 0, and allocated
 * is UINT64_MAX.
 */
void vmm_stats_get(struct vmmalloc_stats *stats);

/*
 * Writes the report; returns its length, without a zero byte. with_heap says
 * whether the backend is asked for its part of it, for which the caller must
 * hold none of its locks. One thread at a time for one text.
 */
size_t vmm_stats_format(char *text, size_t size, bool with_heap);

/* Bytes in blocks of the program; UINT64_MAX if the backend does not say. */
uint64_t vmm_stats_allocated(void);

/* The backend, NULL until it is live; and its name, "none" until then. */
const struct vmmalloc_backend *vmm_stats_heap(void);
const char *vmm_stats_backend(void);

/* The version of the backend's allocator: its library's, or its own. */
const char *vmm_stats_library_version(void);

/* Returns unused memory to the file system; true if there was any. */
bool vmm_stats_trim(void);

/* Bytes that are free and committed, which malloc_trim can release. */
size_t vmm_stats_idle(void);

#endif /* VMM_STATS_H */
