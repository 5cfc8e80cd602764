/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stacks of pointers to free blocks of one class. They start small and grow
 * with use, after Bonwick and Adams (Magazines and Vmem, USENIX 2001) and
 * tcmalloc's slow start. The arrays are metadata, outside the pool.
 */
#ifndef NAT_STACK_H
#define NAT_STACK_H

#include "backends/native/size_class.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Blocks that the array of a new stack has room for, at most. */
#define NAT_ROOM_FIRST 16u

/*
 * How many of the blocks that were pushed last every push is compared with. As
 * many entries below base are no blocks, so that they can always be read.
 */
#define NAT_STACK_BELOW 2u

/*
 * A stack of free blocks: empty at top == base, full at top == base + room. A
 * push from limit on takes the slow path. Each push lowers limit by an eighth
 * of an entry: so a thread that pops and pushes the same few blocks forever
 * also gets to the slow path, which looks at the clock.
 */
struct nat_stack {
	void **top;
	uintptr_t limit; /* at most the address of base + room */
	void **base;
	uint16_t room;	 /* blocks that the array at base can hold */
	uint16_t target; /* blocks to take from the slabs at a time */
	uint32_t inside; /* address bits that are 0 in all its blocks */
} __attribute__((aligned(32)));

/*
 * The largest number of blocks that a stack for this class may hold; at least
 * 4.
 */
unsigned int nat_stack_room(unsigned int cls);

/*
 * An empty stack at the start of an array, the first NAT_STACK_BELOW entries of
 * which are NULL. Returns how many entries it takes: up to NAT_STACK_BELOW +
 * NAT_ROOM_FIRST, and always the same number for a class.
 */
size_t nat_stack_init(struct nat_stack *stack, unsigned int cls, void **array);

/*
 * Enlarges the batch, up to half of the largest number of blocks. If the stack
 * cannot hold one batch, or two, moves it to an array for at least as many.
 */
void nat_stack_speed_up(
	struct nat_stack *stack, unsigned int cls, unsigned int batches);

/* Resets the batch to its first size. */
void nat_stack_slow_down(struct nat_stack *stack, unsigned int cls);

/* Recycles the array of an empty stack, unless it is the first one. */
void nat_stack_destroy(struct nat_stack *stack, unsigned int cls);

static inline size_t
nat_stack_count(const struct nat_stack *stack)
{
	return (size_t)(stack->top - stack->base);
}

static inline bool
nat_stack_is_full(const struct nat_stack *stack)
{
	return stack->top == stack->base + stack->room;
}

/*
 * Whether the block is one of the last four in a stack. No loop, since its
 * number of rounds would be hard to predict.
 */
static inline bool
nat_stack_has_recent(const struct nat_stack *stack, const void *block)
{
	void *const *top = stack->top;
	void *const *next = top;

	if (top == NULL) /* not in use */
		return false;
	if (nat_stack_count(stack) >= NAT_STACK_BELOW)
		next -= NAT_STACK_BELOW;
	return (top[-1] == block) | (top[-2] == block) | (next[-1] == block) |
		(next[-2] == block);
}

#define NAT_STACK_STEP (sizeof(void *) / 8)

/*
 * Lets the stack grow by up to n blocks, or be pushed to up to eight times as
 * often, before the next slow path. Returns n, or less if it would be full.
 */
static inline unsigned int
nat_stack_arm(struct nat_stack *stack, unsigned int n)
{
	unsigned int left = stack->room - (unsigned int)nat_stack_count(stack);

	if (n > left)
		n = left;
	stack->limit = (uintptr_t)(stack->top + n);
	return n;
}

#endif /* NAT_STACK_H */
