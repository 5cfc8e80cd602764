/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads a trace: the events of all threads, in one order that is the same every
 * time. Between two markers of a thread its events follow each other; otherwise
 * they are ordered by time; and no block is freed before it is allocated. The
 * reader never calls malloc after it is open.
 */
#ifndef VMM_TRACE_READER_H
#define VMM_TRACE_READER_H

#include "base/trace_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_trace_event {
	enum vmm_trace_kind kind;
	bool is_moved; /* by realloc; if kind is free: the call was realloc */
	uint32_t lane;
	uint32_t thread; /* from 1 on; lanes are those of several threads */
	uint64_t id;	 /* of the block that it allocates; 0: none */
	uint64_t old;	 /* of the block that it frees; 0: none, or unknown */
	uint64_t size;	 /* bytes */
	uint64_t alignment; /* bytes; of memalign */
	uint64_t time;	    /* ns since the first chunk */
	uint32_t stack;	    /* number of that which allocates; 0: not known */
	/*
	 * Of a block that is allocated: for how many blocks it stands. 1 if the
	 * trace is no sample.
	 */
	uint32_t weight;
};

/* From the first record of the file; "" if that is damaged. */
struct vmm_trace_info {
	char command[1024];
	char backend[64];
	char version[32];
	long pid;
	long parent; /* 0: the process is not the child of a fork */
};

struct vmm_trace_lane;

/* A record of stacks or modules. */
struct vmm_trace_record {
	uint32_t magic;
	uint32_t size;
	uint64_t offset;
};

struct vmm_trace_reader {
	int fd;
	struct vmm_trace_info info;
	uint64_t size;	  /* bytes of the file */
	uint64_t damaged; /* bytes in no whole chunk */
	uint64_t events;  /* in whole chunks */
	uint32_t threads; /* highest number */
	uint32_t sample;  /* mean bytes between two blocks; 0: all blocks */
	size_t n_chunks;
	size_t n_records; /* of stacks and modules */
	struct vmm_trace_record *records;
	/* Private: */
	struct vmm_trace_lane *lanes;
	size_t n_lanes;
	struct vmm_trace_lane *current;
	uint64_t start;	     /* ns, of the first chunk */
	uint32_t last_stack; /* highest number in records so far */
	void *decoder;
	size_t decoder_size;
	uint8_t *packed; /* a chunk, as it is in the file, and one byte more */
	size_t packed_size;
};

/*
 * Finds all chunks. A damaged part of the file is skipped. Returns 0, or -1
 * after a complaint.
 */
int vmm_trace_open(struct vmm_trace_reader *reader, const char *path);

/*
 * Reads one of the records to memory that is valid until the next call of the
 * reader, and ends with a zero byte. NULL: it has changed.
 */
const uint8_t *vmm_trace_read(
	struct vmm_trace_reader *reader, const struct vmm_trace_record *record);
void vmm_trace_close(struct vmm_trace_reader *reader);

/* Returns false after the last event. */
bool vmm_trace_next(
	struct vmm_trace_reader *reader, struct vmm_trace_event *event);

/* Whether the thread of this event has no more of them. */
bool vmm_trace_is_last(const struct vmm_trace_reader *reader,
	const struct vmm_trace_event *event);

#endif /* VMM_TRACE_READER_H */
