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

#define NAT_STACK_UNIT ((uint32_t)16 << 10)

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
 * The address bits that are 0 in all blocks of a class. Slabs start at
 * multiples of 16 KiB and blocks at multiples of their size from there, so
 * blocks are aligned to the largest power of two, up to 16 KiB, that divides
 * their size.
 */
static inline uint32_t
nat_stack_inside(unsigned int cls)
{
	uint32_t size = (uint32_t)nat_class_size(cls) | NAT_STACK_UNIT;

	return (size & -size) - 1;
}

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
