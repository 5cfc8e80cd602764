/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory past malloc: a replay reads its trace in a process whose malloc it
 * measures.
 */
#ifndef VMM_TRACE_MEMORY_H
#define VMM_TRACE_MEMORY_H

#include <stddef.h>

/*
 * Zeroed memory of size bytes; ends the process if there is none. All of it is
 * resident at once, so that it is known how much of the process's memory it is,
 * and the page faults are those of others.
 */
void *vmm_trace_map(size_t size);
void vmm_trace_unmap(void *at, size_t size);

/* Bytes that are mapped now. */
size_t vmm_trace_mapped(void);

#endif /* VMM_TRACE_MEMORY_H */
