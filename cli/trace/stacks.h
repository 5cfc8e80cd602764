/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stacks of a trace: each is a list of locations, which are addresses in
 * the files that were mapped at that time.
 */
#ifndef VMM_TRACE_STACKS_H
#define VMM_TRACE_STACKS_H

#include "cli/trace/reader.h"

/* A mapping of code. */
struct vmm_trace_module {
	uint64_t start; /* addresses */
	uint64_t end;
	uint64_t offset; /* of start in the file */
	char *path;
	char *build_id; /* hexadecimal digits; "" if it has none */
	size_t seen;	/* number of the last record that has it */
};

struct vmm_trace_location {
	uint64_t address; /* of the instruction after the call */
	size_t module;	  /* SIZE_MAX: none */
	/* From cli/trace/symbols.h; NULL and 0 if they are not known: */
	char *function;
	char *file;
	int line;
};

struct vmm_trace_stack {
	size_t first; /* in frames; from the innermost on */
	uint32_t n;   /* 0: the file does not have it */
};

struct vmm_trace_stacks {
	struct vmm_trace_stack *stacks; /* by number; [0] has no frames */
	uint32_t n;
	uint32_t *frames; /* locations */
	size_t n_frames;
	struct vmm_trace_location *locations;
	uint32_t n_locations;
	struct vmm_trace_module *modules;
	size_t n_modules;
	/* Private: */
	size_t n_records; /* of modules, so far */
	size_t last;	  /* module that was found last */
	uint32_t *index;  /* a hash table: numbers of locations, plus 1 */
	uint32_t index_size;
};

/*
 * Reads all of the open trace. What is damaged is left out. Before events are
 * read, or after.
 */
void vmm_trace_stacks_read(
	struct vmm_trace_stacks *stacks, struct vmm_trace_reader *reader);
void vmm_trace_stacks_free(struct vmm_trace_stacks *stacks);

/* The stack of this number; one without frames if there is none. */
struct vmm_trace_stack vmm_trace_stacks_get(
	const struct vmm_trace_stacks *stacks, uint32_t number);

#endif /* VMM_TRACE_STACKS_H */
