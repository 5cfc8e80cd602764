/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Uses of a heap while something is wrong: an allocation may fail, with ENOMEM,
 * and so may fork and the start of a thread, but no block may change.
 */
#ifndef FAULTS_USE_H
#define FAULTS_USE_H

#include "tests/preload/test.h"

#include "tests/faults/marks.h"

#include <sys/types.h>

#define USE_BLOCKS 120

struct use_heap {
	void *block[USE_BLOCKS];
	size_t size[USE_BLOCKS];
	uint64_t state; /* of the random numbers; not 0 */
	bool must_succeed;
};

/* Set if a child has ended with abort() or status 127, as one may. */
extern bool use_child_has_ended;

/* Ends the test if a block of the heap is not as it was left. */
void use_verify(const struct use_heap *heap);

/* Allocates, resizes and frees blocks, small ones and some of up to 1 MiB. */
void use(struct use_heap *heap);

void use_free_all(struct use_heap *heap);

/* Does so in each of several threads, and frees their blocks in this one. */
void use_threads(bool must_succeed);

/*
 * Does so in a child and a grandchild, which both change what the parent must
 * not see. The calls that wait for them are in phase FAULT_NONE.
 */
void use_fork(struct use_heap *heap, enum fault_phase phase);

/* Tells inject. */
void use_mark(enum fault_phase phase);

#endif /* FAULTS_USE_H */
