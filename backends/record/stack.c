/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finding the stack of a call; see stack.h.
 *
 * To unwind a frame by its tables takes some hundred nanoseconds. But most
 * stacks are the same as an earlier one of the thread, or differ from the last
 * one in their inner frames only. On x86-64 a call stores the address to which
 * it returns just below the stack pointer of its caller. So each thread keeps
 * stacks with these places. If the innermost place of a stack is that of a kept
 * one, and each further place of that still has its address in memory, from the
 * inside outwards, then it is the same stack: the frame of the code at an
 * address has one size, or begins at its frame pointer. That is the same in a
 * frame and in the one inside, or its old value is where the latter saved it.
 */
#include "config.h"

#include "backends/record/stack.h"

#include "backends/record/lane.h"
#include "backends/record/stack_table.h"
#include "base/linux_sys.h"

#include <stdbool.h>
#include <string.h>
#include <unwind.h>

#define NOWHERE UINTPTR_MAX
#define FRAME_MAX ((uintptr_t)1 << 30) /* bytes */
#define SAVED 16 /* words below a return address for saved registers */
#define KEPT 128 /* stacks of each thread, by a hash of their place */

/*
 * A kept stack has up to twice the frames that are recorded, so that the outer
 * ones of another stack can be copied from it.
 */
struct kept {
	uint32_t number; /* 0: none, or it may not be used again */
	uint32_t n;
	struct vmm_stack_place places[];
};

/* Of a lane. All zeroes in the child of a fork. */
struct memory {
	size_t last; /* the index of the last one */
	char kept[]; /* KEPT, and one that is being found */
};

static uint32_t depth;
static size_t kept_size;
static size_t memory_size;
static struct memory *memories[VMM_TRACE_LANES_MAX];

int
vmm_stack_init(uint32_t frames)
{
	depth = frames;
	kept_size = sizeof(struct kept) +
		2 * (size_t)depth * sizeof(struct vmm_stack_place);
	memory_size = sizeof(struct memory) + (KEPT + 1) * kept_size;
	return depth > 0 ? vmm_stack_table_init() : 0;
}

static struct kept *
get_kept(struct memory *memory, size_t i)
{
	return (void *)(memory->kept + i * kept_size);
}

static struct memory *
get_memory(const struct vmm_lane *lane)
{
	struct memory *memory = memories[lane->number];

	if (memory == NULL) {
		memory = vmm_sys_mmap(NULL, memory_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (memory == MAP_FAILED)
			return NULL;
		vmm_sys_madvise(memory, memory_size, MADV_WIPEONFORK);
		memories[lane->number] = memory;
	}
	return memory;
}

/* Whether the memory has the address and the frame pointer of the place. */
static inline bool
is_there(const struct vmm_stack_place *place)
{
#ifdef __x86_64__
	return place->fp_at != NOWHERE &&
		*(const uintptr_t *)(place->sp - sizeof(uintptr_t)) ==
		place->pc &&
		(place->fp_at == 0 ||
			*(const uintptr_t *)place->fp_at == place->fp);
#else
	(void)place;
	return false;
#endif
}

static bool
are_there(const struct vmm_stack_place *places, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!is_there(&places[i]))
			return false;
	}
	return true;
}

struct walk {
	const struct vmm_stack_place *from;
	const struct kept *last; /* NULL: none to copy from */
	uint32_t at;		 /* in that, which frame may be the next */
	struct kept *to;
};

/* Copies the outer frames of the last stack, if all are known to be the same.
 */
static bool
copy_rest(struct walk *walk)
{
	const struct kept *last = walk->last;
	struct kept *to = walk->to;
	const struct vmm_stack_place *place = &to->places[to->n - 1];
	uint32_t rest;

	if (last == NULL)
		return false;
	while (walk->at < last->n && last->places[walk->at].sp < place->sp)
		walk->at++;
	if (walk->at == last->n || last->places[walk->at].sp != place->sp ||
		last->places[walk->at].pc != place->pc ||
		last->places[walk->at].fp != place->fp)
		return false;
	rest = last->n - walk->at - 1;
	/* the last one may be cut off */
	if (last->n == 2 * depth && to->n + rest < depth)
		return false;
	if (rest > 2 * depth - to->n)
		rest = 2 * depth - to->n;
	if (!are_there(&last->places[walk->at + 1], rest))
		return false;
	memcpy(&to->places[to->n], &last->places[walk->at + 1],
		rest * sizeof(*to->places));
	to->n += rest;
	return true;
}

/* 0 if the register has another value, that no frame can begin at. */
static inline uintptr_t
get_fp(uintptr_t fp, uintptr_t sp)
{
	return fp - sp < FRAME_MAX ? fp : 0;
}

/* Reads the frame pointer, and finds where the frame inside saved it. */
static void
find_fp(struct vmm_stack_place *place, const struct vmm_stack_place *inside,
	struct _Unwind_Context *context)
{
#ifdef __x86_64__
	uintptr_t at = place->sp - 2 * sizeof(uintptr_t);

	place->fp = get_fp((uintptr_t)_Unwind_GetGR(context, 6), place->sp);
	if (inside == NULL || place->fp == 0 || inside->fp == place->fp)
		return;
	place->fp_at = NOWHERE;
	for (int i = 0; i < SAVED && at >= inside->sp; i++) {
		if (*(const uintptr_t *)at == place->fp) {
			place->fp_at = at;
			return;
		}
		at -= sizeof(uintptr_t);
	}
#else
	(void)place;
	(void)inside;
	(void)context;
#endif
}

static _Unwind_Reason_Code
add_frame(struct _Unwind_Context *context, void *arg)
{
	struct walk *walk = arg;
	struct kept *to = walk->to;
	struct vmm_stack_place place = {
		.pc = (uintptr_t)_Unwind_GetIP(context),
		.sp = (uintptr_t)_Unwind_GetCFA(context),
	};

	/* our own frames */
	if (to->n == 0 && place.sp < walk->from->sp)
		return _URC_NO_REASON;
	if (place.pc == 0)
		return _URC_END_OF_STACK;
	find_fp(&place, to->n > 0 ? &to->places[to->n - 1] : NULL, context);
	to->places[to->n++] = place;
	if (to->n == 2 * depth || copy_rest(walk))
		return _URC_END_OF_STACK;
	return _URC_NO_REASON;
}

static inline size_t
hash(const struct vmm_stack_place *place)
{
	return (size_t)((place->pc ^ place->sp * 31) * 0x9e3779b97f4a7c15u >>
		       56) %
		KEPT;
}

static uint32_t
unwind(struct memory *memory, size_t index, const struct vmm_stack_place *from)
{
	const struct kept *last = get_kept(memory, memory->last);
	struct walk walk = {
		.from = from,
		.last = last->number != 0 ? last : NULL,
		.to = get_kept(memory, KEPT),
	};
	struct kept *to = walk.to;
	uint32_t n;

	to->n = 0;
	_Unwind_Backtrace(add_frame, &walk);
	n = to->n < depth ? to->n : depth;
	if (n == 0)
		return 0;
	to->number = vmm_stack_table_find(to->places, n);
	if (to->places[0].pc == from->pc && to->places[0].sp == from->sp &&
		to->places[0].fp == get_fp(from->fp, from->sp) &&
		are_there(to->places, to->n)) {
		memcpy(get_kept(memory, index), to,
			sizeof(*to) + to->n * sizeof(*to->places));
		memory->last = index;
	}
	return to->number;
}

uint32_t
vmm_stack_find(struct vmm_lane *lane, const struct vmm_stack_place *from)
{
	struct memory *memory;
	struct kept *kept;
	size_t index = hash(from);
	uint32_t number;

	if (lane->is_unwinding)
		return 0;
	memory = get_memory(lane);
	if (memory == NULL)
		return 0;
	kept = get_kept(memory, index);
	if (kept->number != 0 && kept->places[0].pc == from->pc &&
		kept->places[0].sp == from->sp &&
		kept->places[0].fp == get_fp(from->fp, from->sp) &&
		are_there(kept->places, kept->n < depth ? kept->n : depth)) {
		memory->last = index;
		return kept->number;
	}
	lane->is_unwinding = true;
	number = unwind(memory, index, from);
	lane->is_unwinding = false;
	return number;
}
