/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finding the stack of a call; see unwind.h.
 *
 * To unwind a frame by its tables takes some hundred nanoseconds. But most
 * stacks are the same as an earlier one of the thread, or differ from the last
 * one in their inner frames only. On x86-64 a call stores the address to which
 * it returns just below the stack pointer of its caller. So stacks are kept
 * with these places. If the innermost place of a stack is that of a kept
 * one, and each further place of that still has its address in memory, from the
 * inside outwards, then it is the same stack: the frame of the code at an
 * address has one size, or begins at its frame pointer. That is the same in a
 * frame and in the one inside, or its old value is where the latter saved it.
 */
#include "config.h"

#include "base/unwind.h"

#include <string.h>

#define NOWHERE UINTPTR_MAX
#define FRAME_MAX ((uintptr_t)1 << 30) /* bytes */
#define SAVED 16 /* words below a return address for saved registers */
#define KEPT 128 /* stacks of a memory, by a hash of their place */

/*
 * A kept stack has up to twice the frames that are wanted, so that the outer
 * ones of another stack can be copied from it.
 */
struct kept {
	uintptr_t value; /* 0: none, or it may not be used again */
	uint32_t n;
	struct vmm_unwind_place places[];
};

struct vmm_unwind_memory {
	size_t last;		  /* the index of the last one */
	_Alignas(16) char kept[]; /* KEPT, and one that is being found */
};

static inline size_t
kept_size(uint32_t depth)
{
	return sizeof(struct kept) +
		2 * (size_t)depth * sizeof(struct vmm_unwind_place);
}

size_t
vmm_unwind_memory_size(uint32_t depth)
{
	return sizeof(struct vmm_unwind_memory) + (KEPT + 1) * kept_size(depth);
}

static inline struct kept *
get_kept(const struct vmm_unwinder *unwinder, struct vmm_unwind_memory *memory,
	size_t i)
{
	return (void *)(memory->kept + i * kept_size(unwinder->depth));
}

/* Whether the memory has the address and the frame pointer of the place. */
static inline bool
is_there(const struct vmm_unwind_place *place)
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
are_there(const struct vmm_unwind_place *places, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!is_there(&places[i]))
			return false;
	}
	return true;
}

struct walk {
	const struct vmm_unwinder *unwinder;
	const struct vmm_unwind_place *from;
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
	const struct vmm_unwind_place *place = &to->places[to->n - 1];
	uint32_t depth = walk->unwinder->depth;
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
find_fp(const struct vmm_unwinder *unwinder, struct vmm_unwind_place *place,
	const struct vmm_unwind_place *inside, struct _Unwind_Context *context)
{
#ifdef __x86_64__
	uintptr_t at = place->sp - 2 * sizeof(uintptr_t);

	place->fp = get_fp(
		(uintptr_t)unwinder->get_register(context, 6), place->sp);
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
	(void)unwinder;
	(void)place;
	(void)inside;
	(void)context;
#endif
}

static _Unwind_Reason_Code
add_frame(struct _Unwind_Context *context, void *arg)
{
	struct walk *walk = arg;
	const struct vmm_unwinder *unwinder = walk->unwinder;
	struct kept *to = walk->to;
	struct vmm_unwind_place place = {
		.pc = (uintptr_t)unwinder->get_pc(context),
		.sp = (uintptr_t)unwinder->get_cfa(context),
	};

	/* our own frames */
	if (to->n == 0 && place.sp < walk->from->sp)
		return _URC_NO_REASON;
	if (place.pc == 0)
		return _URC_END_OF_STACK;
	find_fp(unwinder, &place, to->n > 0 ? &to->places[to->n - 1] : NULL,
		context);
	to->places[to->n++] = place;
	if (to->n == 2 * unwinder->depth || copy_rest(walk))
		return _URC_END_OF_STACK;
	return _URC_NO_REASON;
}

static inline size_t
hash(const struct vmm_unwind_place *place)
{
	return (size_t)((place->pc ^ place->sp * 31) * 0x9e3779b97f4a7c15u >>
		       56) %
		KEPT;
}

static uintptr_t
unwind(const struct vmm_unwinder *unwinder, struct vmm_unwind_memory *memory,
	size_t index, const struct vmm_unwind_place *from)
{
	const struct kept *last = get_kept(unwinder, memory, memory->last);
	struct walk walk = {
		.unwinder = unwinder,
		.from = from,
		.last = last->value != 0 ? last : NULL,
		.to = get_kept(unwinder, memory, KEPT),
	};
	struct kept *to = walk.to;
	uint32_t n;

	to->n = 0;
	unwinder->backtrace(add_frame, &walk);
	n = to->n < unwinder->depth ? to->n : unwinder->depth;
	if (n == 0)
		return 0;
	to->value = unwinder->value_of(to->places, n);
	if (to->places[0].pc == from->pc && to->places[0].sp == from->sp &&
		to->places[0].fp == get_fp(from->fp, from->sp) &&
		are_there(to->places, to->n)) {
		memcpy(get_kept(unwinder, memory, index), to,
			sizeof(*to) + to->n * sizeof(*to->places));
		memory->last = index;
	}
	return to->value;
}

uintptr_t
vmm_unwind_find(const struct vmm_unwinder *unwinder,
	struct vmm_unwind_memory *memory, const struct vmm_unwind_place *from)
{
	size_t index = hash(from);
	const struct kept *kept = get_kept(unwinder, memory, index);

	if (kept->value != 0 && kept->places[0].pc == from->pc &&
		kept->places[0].sp == from->sp &&
		kept->places[0].fp == get_fp(from->fp, from->sp) &&
		are_there(kept->places,
			kept->n < unwinder->depth ? kept->n
						  : unwinder->depth)) {
		memory->last = index;
		return kept->value;
	}
	return unwind(unwinder, memory, index, from);
}
