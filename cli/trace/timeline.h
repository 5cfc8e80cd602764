/* SPDX-License-Identifier: BSD-3-Clause */
/* Live bytes over time: the most in each of a bounded number of equal parts. */
#ifndef VMM_TRACE_TIMELINE_H
#define VMM_TRACE_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#define VMM_TRACE_PARTS_MAX 256

/* All zeroes: empty. */
struct vmm_trace_timeline {
	uint64_t most[VMM_TRACE_PARTS_MAX]; /* bytes */
	size_t n;
	uint64_t width; /* ns of a part, but for the last one */
	uint64_t last;	/* bytes after the last event */
};

/* Adds that this many bytes are live from the time on, in ns from the first. */
void vmm_trace_timeline_add(
	struct vmm_trace_timeline *line, uint64_t time, uint64_t bytes);

/* The most bytes in the part number i of n equal ones. */
uint64_t vmm_trace_timeline_get(
	const struct vmm_trace_timeline *line, size_t i, size_t n);

#endif /* VMM_TRACE_TIMELINE_H */
