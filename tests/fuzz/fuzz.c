/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fuzz target: an input is a sequence of calls, six bytes each, made by one
 * thread of the model. Its remaining blocks are freed at the end, and the heap
 * must then report that it is empty.
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "tests/stress/inprocess.h"

#include <stdlib.h>

#define STEP 6
#define POOL_SIZE ((size_t)48 << 20)

/* Slow calls are rare: filling the pool, once per input, and trimming. */
static bool
is_exhaustion(const uint8_t *step)
{
	return step[0] == 0xff && step[1] == 0xff && step[2] == 0xff;
}

static bool
is_allowed(const struct model_action *action)
{
	switch (action->call) {
	case MODEL_TRIM:
		return action->slot < 8;
	case MODEL_BURST:
	case MODEL_BURST_FREE:
		return action->slot < 32;
	default:
		return true;
	}
}

/* Up to 64 KiB; of 16 sizes one is up to 256 KiB, one 4 MiB and one 256 MiB. */
static size_t
size_of(const uint8_t *step)
{
	size_t n = step[2] | (size_t)step[3] << 8;
	unsigned int kind = step[4] % 16;

	if (kind < 13)
		return n >> (12 - kind);
	return n << (kind == 13 ? 2 : kind == 14 ? 6 : 12);
}

static struct model_thread *
need_thread(void)
{
	static struct model_heap heap;
	static struct model_thread thread;
	const char *dir = getenv("MODEL_POOL_DIR");

	if (thread.heap == NULL) {
		inprocess_init(&heap, dir != NULL ? dir : ".", POOL_SIZE);
		model_init(&heap);
		thread.heap = &heap;
		thread.budget = POOL_SIZE / 4 * 3;
	}
	thread.random = 1; /* so that an input means the same each time */
	return &thread;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model_thread *thread = need_thread();
	bool may_exhaust = true;

	for (; size >= STEP; data += STEP, size -= STEP) {
		struct model_action action = {
			.call = (enum model_call)(data[0] % MODEL_CALLS),
			.slot = data[1] % MODEL_SLOTS,
			.size = size_of(data),
			.alignment = data[5] % (MODEL_ALIGNMENT_SHIFT_MAX + 1),
		};

		if (is_exhaustion(data) && may_exhaust) {
			model_free_all(thread);
			model_exhaust(thread);
			may_exhaust = false;
		} else if (is_allowed(&action)) {
			model_act(thread, &action);
		}
	}
	model_free_all(thread);
	model_free_passed(thread);
	inprocess_check_empty();
	return 0;
}
