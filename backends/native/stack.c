/* SPDX-License-Identifier: BSD-3-Clause */
/* Stacks of free blocks; see stack.h. */
#include "config.h"

#include "backends/native/stack.h"

#include "backends/native/meta.h"
#include "backends/native/shape.h"

#include <string.h>

/*
 * A stack holds at most this many blocks and this many bytes of them, but at
 * least BLOCKS_MIN blocks.
 */
#define BLOCKS_MAX 512u
#define BLOCKS_MIN 4u
#define BYTES_MAX ((size_t)64 << 10)

/*
 * Blocks in the first batch; fewer, but at least one, if these would be more
 * than TARGET_FIRST_BYTES.
 */
#define TARGET_FIRST 4u
#define TARGET_FIRST_BYTES ((size_t)8 << 10)

unsigned int
nat_stack_room(unsigned int cls)
{
	size_t n = BYTES_MAX / nat_class_size(cls);

	return n > BLOCKS_MAX	 ? BLOCKS_MAX
		: n < BLOCKS_MIN ? BLOCKS_MIN
				 : (unsigned int)n;
}

/* Few programs have many large blocks. */
static unsigned int
first_room(unsigned int cls)
{
	unsigned int most = nat_stack_room(cls);
	unsigned int room = nat_class_size(cls) <= NAT_TINY_MAX
		? NAT_ROOM_FIRST
		: NAT_ROOM_FIRST / 2;

	return room < most ? room : most;
}

size_t
nat_stack_init(struct nat_stack *stack, unsigned int cls, void **array)
{
	unsigned int room = first_room(cls);

	*stack = (struct nat_stack){
		.top = array + NAT_STACK_BELOW,
		.limit = (uintptr_t)(array + NAT_STACK_BELOW + room),
		.base = array + NAT_STACK_BELOW,
		.room = (uint16_t)room,
		.inside = nat_shapes[cls].inside,
	};
	nat_stack_slow_down(stack, cls);
	return NAT_STACK_BELOW + room;
}

static void
free_array(const struct nat_stack *stack, unsigned int cls)
{
	if (stack->room > first_room(cls))
		nat_meta_free(stack->base - NAT_STACK_BELOW,
			(NAT_STACK_BELOW + stack->room) * sizeof(*stack->base));
}

/*
 * Moves the stack to an array for this many blocks; keeps the old one if there
 * is no memory.
 */
static void
enlarge(struct nat_stack *stack, unsigned int cls, unsigned int room)
{
	size_t n = nat_stack_count(stack);
	void **array;

	array = nat_meta_alloc((NAT_STACK_BELOW + room) * sizeof(*array));
	if (array == NULL)
		return;
	array += NAT_STACK_BELOW;
	memcpy(array, stack->base, n * sizeof(*array));
	free_array(stack, cls);
	stack->base = array;
	stack->top = array + n;
	stack->limit = (uintptr_t)(array + room);
	stack->room = (uint16_t)room;
}

/*
 * The batch doubles at first, and then grows by a quarter. The array is as
 * small as it can be, so that those of a small program share few pages, each of
 * which is copied after a fork.
 */
void
nat_stack_speed_up(
	struct nat_stack *stack, unsigned int cls, unsigned int batches)
{
	unsigned int most = nat_stack_room(cls);
	unsigned int target = stack->target;
	unsigned int room = NAT_ROOM_FIRST;

	target += target < NAT_ROOM_FIRST ? target : target / 4;
	if (target > most / 2)
		target = most / 2;
	while (room < target * batches)
		room *= 2;
	stack->target = (uint16_t)target;
	if (target * batches > stack->room)
		enlarge(stack, cls, room < most ? room : most);
	if (stack->target > stack->room)
		stack->target = stack->room;
}

void
nat_stack_slow_down(struct nat_stack *stack, unsigned int cls)
{
	size_t n = TARGET_FIRST_BYTES / nat_class_size(cls);

	stack->target = (uint16_t)(n > TARGET_FIRST ? TARGET_FIRST
			: n > 0			    ? n
						    : 1);
}

void
nat_stack_destroy(struct nat_stack *stack, unsigned int cls)
{
	free_array(stack, cls);
	*stack = (struct nat_stack){ 0 };
}
