/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lanes: each thread writes its events to a lane of its own, without a lock. A
 * lane that is full, old, or of a thread that ends is written to the file as a
 * chunk. Another thread then uses the lane: the blocks that a lane allocates
 * are numbered over all of its threads.
 */
#ifndef VMM_RECORD_LANE_H
#define VMM_RECORD_LANE_H

#include "base/trace_format.h"
#include "vmmalloc/backend.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * All lanes lie in memory that the kernel clears in the child of a fork
 * (MADV_WIPEONFORK), however the fork was made: nothing is left there then, and
 * the thread takes the slow path.
 */
struct vmm_lane {
	uint32_t left;	 /* events until the slow path; 0: none may be added */
	uint32_t events; /* atomic: in this chunk */
	uint64_t blocks; /* the number of the next block */
	uint8_t *tags;	 /* where the next byte goes, likewise below */
	uint8_t *sizes;
	uint8_t *refs;
	uint8_t *times;
	uint8_t *stacks;
	uint64_t other;	     /* number of the last block of another lane */
	uint32_t other_lane; /* its lane */
	uint32_t number;     /* of this lane */
	uint32_t thread;
	uint32_t step;	    /* events between two looks at clock and room */
	uint32_t marked;    /* events at the last marker */
	uint64_t marked_ns; /* its time */
	uint64_t marked_ms; /* the same on the coarse clock */
	uint64_t first;	    /* block of this chunk */
	uint64_t start_ns;  /* of this chunk */
	uint64_t start_ms;
	uint32_t next;	/* after this one in the list of unused lanes */
	bool is_in_use; /* also false in the child of a fork */
	bool is_unwinding;
};

/*
 * Reserves the memory; each chunk says that it has such a sample of the blocks.
 * 0, or -1 with errno. Before all else, once.
 */
int vmm_lane_init(const struct vmmalloc_host *host, uint32_t sample);

/*
 * Makes room for the next events of the calling thread in its lane, old (NULL:
 * it has none yet), or in another one. NULL: events are not recorded. Keeps
 * errno.
 */
struct vmm_lane *vmm_lane_get_room(struct vmm_lane *old);

/* Writes the lane of a thread that ends, and makes it free for another. */
void vmm_lane_release(struct vmm_lane *lane);

/* Writes the stacks that are new, to make room for more. */
void vmm_lane_write_stacks(void);

/* Writes all lanes; from then on nothing is recorded. */
void vmm_lane_finish(void);

#endif /* VMM_RECORD_LANE_H */
