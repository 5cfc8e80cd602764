/* SPDX-License-Identifier: BSD-3-Clause */
/* The chunks of one lane, and the place in them that is read next. */
#ifndef VMM_TRACE_LANE_H
#define VMM_TRACE_LANE_H

#include "cli/trace/reader.h"

/* The number of a block as in events: 0 is none. */
#define VMM_TRACE_ID(lane, block) ((uint64_t)((lane) + 1) << 44 | (block))
#define VMM_TRACE_ID_LANE(id) ((uint32_t)((id) >> 44) - 1)
#define VMM_TRACE_ID_BLOCK(id) ((id) & (VMM_TRACE_BLOCKS_MAX - 1))

struct vmm_trace_place {
	uint64_t offset; /* of a chunk in the file */
	uint32_t size;	 /* bytes */
	uint32_t thread;
};

struct vmm_trace_lane {
	uint32_t number;
	struct vmm_trace_place *places;
	size_t n_places;
	size_t next; /* place to read */
	/* The chunk: */
	struct vmm_trace_chunk chunk;
	uint8_t *columns;    /* NULL: none has been read yet, or all have */
	size_t columns_size; /* bytes, of the largest chunk so far */
	const uint8_t *at[VMM_TRACE_COLUMNS];
	const uint8_t *end[VMM_TRACE_COLUMNS];
	uint32_t event; /* number of the next one in it */
	uint64_t block; /* the number of the next one */
	uint64_t other;
	uint32_t other_lane;
	/* Between these two markers is the next event: */
	uint32_t from, to; /* numbers of events */
	uint64_t from_ns, to_ns;
	bool is_decoded; /* event is the next one */
	struct vmm_trace_event next_event;
};

/*
 * Decodes the next event to lane->next_event. Returns false after the last one.
 * Chunks that cannot be decoded are added to reader->damaged.
 */
bool vmm_trace_lane_peek(
	struct vmm_trace_reader *reader, struct vmm_trace_lane *lane);
/* Goes on to the event after it. */
void vmm_trace_lane_skip(struct vmm_trace_lane *lane);
void vmm_trace_lane_end(struct vmm_trace_lane *lane);

#endif /* VMM_TRACE_LANE_H */
