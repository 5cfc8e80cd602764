/* SPDX-License-Identifier: BSD-3-Clause */
/* The steps of the model; see model.h. */
#include "config.h"

#include "tests/stress/model.h"

#include "tests/preload/test.h"
#include "tests/stress/pattern.h"
#include "tests/stress/shadow.h"

#include <pthread.h>

/* Blocks in transit to another thread. */
#define MAILBOXES 32u

static struct {
	pthread_mutex_t lock;
	struct model_block block;
} mailboxes[MAILBOXES];

void
model_fail(const char *file, int line, const char *condition)
{
	dprintf(STDERR_FILENO, "%s:%d: not so: %s (errno: %d)\n", file, line,
		condition, errno);
	abort();
}

void
model_init(const struct model_heap *heap)
{
	shadow_init(heap->base, heap->size);
	for (unsigned int i = 0; i < MAILBOXES; i++)
		pthread_mutex_init(&mailboxes[i].lock, NULL);
}

static void
check_contents(const struct model_block *block, size_t bytes)
{
	MODEL_CHECK(
		pattern_holds(block->start, block->size, bytes, block->seed));
}

/* All bytes that the heap reports as usable belong to the block. */
static void
claim(struct model_thread *thread, struct model_block *block)
{
	block->claimed = thread->heap->usable_size(block->start);
	MODEL_CHECK(block->claimed >= block->size);
	shadow_claim(block->start, block->claimed);
}

/* Handles the heap's result for a block of size bytes. */
static void
adopt(struct model_thread *thread, struct model_block *block, void *start,
	size_t size, size_t alignment)
{
	if (start == NULL) {
		MODEL_CHECK(errno == ENOMEM);
		return;
	}
	while (alignment < 16 && alignment < size)
		alignment *= 2;
	MODEL_CHECK((uintptr_t)start % alignment == 0);
	block->start = start;
	block->size = size;
	block->seed = test_random(&thread->random);
	claim(thread, block);
	pattern_fill(start, size, block->seed);
	thread->held += size;
}

static void
release(struct model_thread *thread, struct model_block *block, bool sized)
{
	const struct model_heap *heap = thread->heap;

	if (block->start == NULL)
		return;
	check_contents(block, block->size);
	MODEL_CHECK(heap->usable_size(block->start) == block->claimed);
	shadow_release(block->start, block->claimed);
	thread->held -= block->size;
	errno = EXDEV;
	if (sized && heap->free_sized != NULL)
		heap->free_sized(block->start, block->size);
	else
		heap->free(block->start);
	MODEL_CHECK(errno == EXDEV);
	block->start = NULL;
}

static void
reallocate(struct model_thread *thread, struct model_block *block, size_t size)
{
	size_t kept = block->size < size ? block->size : size;
	struct model_block old = *block;
	void *start;

	if (old.start == NULL) {
		adopt(thread, block, thread->heap->realloc(NULL, size), size,
			1);
		return;
	}
	check_contents(&old, old.size);
	shadow_release(old.start, old.claimed);
	start = thread->heap->realloc(old.start, size);
	if (size == 0) { /* as in glibc, it is freed */
		MODEL_CHECK(start == NULL);
		thread->held -= old.size;
		block->start = NULL;
		return;
	}
	if (start == NULL) { /* it is still there, unchanged */
		MODEL_CHECK(errno == ENOMEM);
		claim(thread, block);
		check_contents(block, block->size);
		return;
	}
	MODEL_CHECK(pattern_holds(start, old.size, kept, old.seed));
	thread->held -= old.size;
	adopt(thread, block, start, size, 1);
}

static void
swap(struct model_thread *thread, struct model_block *block, unsigned int box)
{
	struct model_block mine = *block;

	pthread_mutex_lock(&mailboxes[box].lock);
	*block = mailboxes[box].block;
	mailboxes[box].block = mine;
	pthread_mutex_unlock(&mailboxes[box].lock);
	if (mine.start != NULL)
		thread->held -= mine.size;
	if (block->start != NULL)
		thread->held += block->size;
}

static void
ask_for_nonsense(struct model_thread *thread, size_t size)
{
	const struct model_heap *heap = thread->heap;
	size_t huge = (size_t)PTRDIFF_MAX + 1 + size;
	void *ptr = thread;

	errno = 0;
	MODEL_CHECK(heap->malloc(huge) == NULL && errno == ENOMEM);
	errno = 0;
	MODEL_CHECK(heap->calloc(SIZE_MAX / 16 + 2 + size, 16) == NULL &&
		errno == ENOMEM);
	errno = 0;
	MODEL_CHECK(heap->memalign(64, huge) == NULL && errno == ENOMEM);
	errno = 0;
	MODEL_CHECK(heap->malloc(heap->size + 1) == NULL && errno == ENOMEM);
	MODEL_CHECK(heap->posix_memalign(&ptr, 64, huge) == ENOMEM);
	MODEL_CHECK(heap->posix_memalign(&ptr, 24, size) == EINVAL);
	MODEL_CHECK(ptr == thread);
	heap->free(NULL);
}

static void
take(struct model_thread *thread, struct model_block *block,
	const struct model_action *action)
{
	const struct model_heap *heap = thread->heap;
	size_t alignment = (size_t)1 << action->alignment;
	size_t size = action->size;
	void *start = NULL;

	release(thread, block, false);
	errno = 0;
	switch (action->call) {
	case MODEL_MALLOC:
		alignment = 1;
		start = heap->malloc(size);
		break;
	case MODEL_CALLOC:
		alignment = 1;
		start = size % 8 == 0 ? heap->calloc(size / 8, 8)
				      : heap->calloc(1, size);
		MODEL_CHECK(start == NULL || pattern_is_zero(start, size));
		break;
	case MODEL_MEMALIGN:
		start = heap->memalign(alignment, size);
		break;
	case MODEL_ALIGNED_ALLOC:
		start = heap->aligned_alloc(alignment, size);
		break;
	default:
		if (alignment < sizeof(void *))
			alignment = sizeof(void *);
		errno = heap->posix_memalign(&start, alignment, size);
		MODEL_CHECK((errno == 0) == (start != NULL));
		break;
	}
	adopt(thread, block, start, size, alignment);
}

/* A new size for a block, within 1/8 and 64 bytes of the old one. */
static size_t
nearby(struct model_thread *thread, const struct model_block *block)
{
	size_t range = block->size / 8 + 64;
	size_t shift = test_random(&thread->random) % (2 * range);

	return block->size + shift > range ? block->size + shift - range : 1;
}

static void
fill_burst(struct model_thread *thread, const struct model_action *action)
{
	struct model_action one = {
		.call = MODEL_MALLOC,
		.size = action->size % MODEL_BURST_SIZE_MAX,
	};

	for (unsigned int i = 0; i < MODEL_BURST_BLOCKS; i++)
		if (thread->burst[i].start == NULL)
			take(thread, &thread->burst[i], &one);
}

/* Frees blocks in order, backwards, or at random. */
static void
thin_burst(struct model_thread *thread, unsigned int how)
{
	unsigned int n = MODEL_BURST_BLOCKS;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int k = how % 2 == 0 ? i : n - 1 - i;

		if (how % 3 == 0 ? i < n / 2
				 : (test_random(&thread->random) & 1) != 0)
			release(thread, &thread->burst[k], false);
	}
}

static void
pass_burst(struct model_thread *thread, unsigned int from)
{
	for (unsigned int i = 0; i < MAILBOXES; i++)
		swap(thread, &thread->burst[(from + i) % MODEL_BURST_BLOCKS],
			i);
}

void
model_act(struct model_thread *thread, const struct model_action *action)
{
	struct model_block *block = &thread->slots[action->slot];
	bool wants_much = thread->held + action->size > thread->budget;

	switch (action->call) {
	case MODEL_REALLOC:
		if (action->alignment % 2 != 0 && block->start != NULL)
			reallocate(thread, block, nearby(thread, block));
		else if (!wants_much)
			reallocate(thread, block, action->size);
		break;
	case MODEL_FREE:
	case MODEL_FREE_SIZED:
		release(thread, block, action->call == MODEL_FREE_SIZED);
		break;
	case MODEL_LOOK:
		if (block->start != NULL)
			check_contents(block, block->size);
		break;
	case MODEL_PASS:
		swap(thread, block, action->size % MAILBOXES);
		break;
	case MODEL_BURST:
		fill_burst(thread, action);
		break;
	case MODEL_BURST_FREE:
		thin_burst(thread, action->slot);
		break;
	case MODEL_BURST_PASS:
		pass_burst(thread, action->slot);
		break;
	case MODEL_TRIM:
		thread->heap->trim(0);
		break;
	case MODEL_NONSENSE:
		ask_for_nonsense(thread, action->size);
		break;
	default:
		if (wants_much)
			release(thread, block, false);
		else
			take(thread, block, action);
		break;
	}
}

void
model_free_all(struct model_thread *thread)
{
	for (unsigned int i = 0; i < MODEL_SLOTS; i++)
		release(thread, &thread->slots[i], i % 2 == 0);
	for (unsigned int i = 0; i < MODEL_BURST_BLOCKS; i++)
		release(thread, &thread->burst[i], false);
}

void
model_free_passed(struct model_thread *thread)
{
	struct model_block block = { .size = 0 };

	for (unsigned int i = 0; i < MAILBOXES; i++) {
		swap(thread, &block, i);
		release(thread, &block, false);
	}
}

/* Fills every step-th slot from i on; returns false when the pool is full. */
static bool
fill_slots(struct model_thread *thread, unsigned int i, unsigned int step)
{
	for (; i < MODEL_SLOTS; i += step) {
		struct model_action action = {
			.call = i % 3 == 0 ? MODEL_CALLOC : MODEL_MALLOC,
			.size = test_random_size(&thread->random, 8 * MIB),
		};

		take(thread, &thread->slots[i], &action);
		if (thread->slots[i].start == NULL)
			return false;
	}
	return true;
}

/* If there are too few slots for the pool, larger blocks follow. */
static void
take_the_rest(struct model_thread *thread)
{
	struct model_action action = {
		.call = MODEL_MALLOC,
		.size = thread->heap->size / 32,
	};

	for (unsigned int i = 0; i < MODEL_SLOTS; i++) {
		take(thread, &thread->slots[i], &action);
		if (thread->slots[i].start == NULL)
			return;
	}
	MODEL_CHECK(!"a pool of 1/32 of its size in 256 blocks");
}

void
model_exhaust(struct model_thread *thread)
{
	if (fill_slots(thread, 0, 1))
		take_the_rest(thread);
	for (unsigned int i = 0; i < MODEL_SLOTS; i += 2)
		release(thread, &thread->slots[i], false);
	fill_slots(thread, 0, 2);
	for (unsigned int i = MODEL_SLOTS; i-- > 0;)
		release(thread, &thread->slots[i], i % 3 == 0);
	model_free_all(thread);
	MODEL_CHECK(thread->held == 0);
}
