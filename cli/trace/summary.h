/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sums over the events of a trace. If it is a sample, all but the number of
 * events are estimates for the whole program.
 */
#ifndef VMM_TRACE_SUMMARY_H
#define VMM_TRACE_SUMMARY_H

#include "cli/trace/blocks.h"
#include "cli/trace/reader.h"
#include "cli/trace/timeline.h"

#define VMM_TRACE_SIZE_CLASSES 49 /* by powers of two: up to 2^k bytes */
#define VMM_TRACE_LIFE_CLASSES 9  /* by powers of ten: less than 10^k us */

struct vmm_trace_count {
	uint64_t n;
	uint64_t bytes;
};

struct vmm_trace_thread {
	uint64_t allocated; /* calls */
	uint64_t bytes;
	uint64_t freed;	       /* calls, of blocks of the same lane */
	uint64_t freed_others; /* calls, of blocks of another one */
};

/* The blocks that were allocated with one stack. */
struct vmm_trace_site {
	struct vmm_trace_count allocated;
	struct vmm_trace_count live; /* at the end */
	struct vmm_trace_count peak; /* live when the most bytes were */
	uint64_t changed;	     /* number of the last event that did */
};

struct vmm_trace_summary {
	uint32_t sample; /* as in struct vmm_trace_reader */
	uint64_t events;
	uint64_t calls[VMM_TRACE_KINDS];
	uint64_t moved;	  /* of the calls of realloc */
	uint64_t unknown; /* frees of blocks that the trace does not have */
	struct vmm_trace_count sizes[VMM_TRACE_SIZE_CLASSES];
	struct vmm_trace_count lives[VMM_TRACE_LIFE_CLASSES];
	struct vmm_trace_thread *threads; /* by number */
	uint32_t n_threads;
	struct vmm_trace_count live;  /* at the end */
	struct vmm_trace_count peak;  /* when the most bytes were live */
	uint64_t peak_time;	      /* ns */
	uint64_t peak_event;	      /* its number */
	struct vmm_trace_site *sites; /* by number of the stack; [0]: others */
	uint32_t n_sites;
	uint64_t duration; /* ns */
	struct vmm_trace_timeline timeline;
	struct vmm_trace_blocks blocks;
};

/* Adds up all events of the open trace: init, add for each, and end. */
void vmm_trace_summary_read(
	struct vmm_trace_summary *summary, struct vmm_trace_reader *reader);
void vmm_trace_summary_init(
	struct vmm_trace_summary *summary, const struct vmm_trace_reader *from);
void vmm_trace_summary_add(
	struct vmm_trace_summary *summary, const struct vmm_trace_event *event);
void vmm_trace_summary_end(struct vmm_trace_summary *summary);
void vmm_trace_summary_free(struct vmm_trace_summary *summary);

/* The bit length of size - 1: its class in sizes. */
int vmm_trace_size_class(uint64_t size);

#endif /* VMM_TRACE_SUMMARY_H */
