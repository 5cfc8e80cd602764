/* SPDX-License-Identifier: BSD-3-Clause */
/* Random histories; see random.h. */
#include "config.h"

#include "tests/stress/random.h"

#include "tests/preload/test.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#define THREADS_MAX 64u

static struct model_thread *threads; /* not from the heap under test */
static unsigned int n_threads;
static uint64_t steps;

static uint64_t
setting(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 0)
					       : fallback;
}

static time_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Mostly small; few are so large that the pool can hold only one or two. */
static size_t
random_size(uint64_t *state)
{
	unsigned int kind = test_random(state) % 1000;

	if (kind < 10)
		return 0;
	return test_random_size(state,
		kind < 700	     ? 1024
			: kind < 900 ? 32 << 10
			: kind < 990 ? MIB
			: kind < 999 ? 16 * MIB
				     : MODEL_SIZE_MAX);
}

static unsigned int
random_alignment(uint64_t *state)
{
	unsigned int kind = test_random(state) % 100;
	unsigned int most = kind < 90 ? 12
		: kind < 98	      ? 21
				      : MODEL_ALIGNMENT_SHIFT_MAX;

	return test_random(state) % (most + 1);
}

static enum model_call
random_call(uint64_t *state)
{
	static const unsigned char weights[MODEL_CALLS] = {
		[MODEL_MALLOC] = 60,
		[MODEL_CALLOC] = 20,
		[MODEL_REALLOC] = 40,
		[MODEL_MEMALIGN] = 8,
		[MODEL_ALIGNED_ALLOC] = 8,
		[MODEL_POSIX_MEMALIGN] = 8,
		[MODEL_FREE] = 60,
		[MODEL_FREE_SIZED] = 15,
		[MODEL_LOOK] = 10,
		[MODEL_PASS] = 24,
		[MODEL_BURST] = 4,	/* and then only one in 16 */
		[MODEL_BURST_FREE] = 4, /* likewise */
		[MODEL_BURST_PASS] = 4,
		[MODEL_TRIM] = 1, /* likewise */
		[MODEL_NONSENSE] = 1,
	};
	unsigned int at = test_random(state) % 267; /* their sum */
	unsigned int call = 0;

	while (at >= weights[call])
		at -= weights[call++];
	if ((call == MODEL_TRIM || call == MODEL_BURST ||
		    call == MODEL_BURST_FREE) &&
		test_random(state) % 16 != 0)
		call = MODEL_LOOK;
	return (enum model_call)call;
}

static void *
run_thread(void *arg)
{
	struct model_thread *thread = arg;

	for (uint64_t i = 0; i < steps; i++) {
		struct model_action action = {
			.call = random_call(&thread->random),
			.slot = test_random(&thread->random) % MODEL_SLOTS,
			.size = random_size(&thread->random),
			.alignment = random_alignment(&thread->random),
		};

		model_act(thread, &action);
	}
	/* other threads may still be using what is left */
	model_exhaust(thread);
	return NULL;
}

/* With nothing in use, half of the pool can be allocated in 64 blocks. */
static void
check_recovery(struct model_thread *thread)
{
	struct model_action action = {
		.call = MODEL_MALLOC,
		.size = thread->heap->size / 128,
	};

	thread->heap->trim(0);
	for (action.slot = 0; action.slot < 64; action.slot++) {
		model_act(thread, &action);
		MODEL_CHECK(thread->slots[action.slot].start != NULL);
	}
	model_free_all(thread);
}

static void
run_round(const struct model_heap *heap, uint64_t seed)
{
	pthread_t ids[THREADS_MAX];

	for (unsigned int i = 0; i < n_threads; i++) {
		memset(&threads[i], 0, sizeof(threads[i]));
		threads[i].heap = heap;
		threads[i].random =
			(seed + i + 1) * UINT64_C(0xd1342543de82ef95);
		if (threads[i].random == 0)
			threads[i].random = 1;
		threads[i].budget = heap->size / 4 * 3 / n_threads;
		/* one thread may use any size, if the pool has room for it */
		if (i == 0 && heap->size > 2 * MODEL_SIZE_MAX)
			threads[i].budget += MODEL_SIZE_MAX;
		MODEL_CHECK(pthread_create(&ids[i], NULL, run_thread,
				    &threads[i]) == 0);
	}
	for (unsigned int i = 0; i < n_threads; i++)
		MODEL_CHECK(pthread_join(ids[i], NULL) == 0);
	threads[0].budget = SIZE_MAX / 2;
	model_free_passed(&threads[0]);
	check_recovery(&threads[0]);
}

void
random_run(const struct model_heap *heap, void (*after_round)(void))
{
	uint64_t fresh = 1;
	uint64_t seed, rounds = 0;
	time_t end = now() + (time_t)setting("MODEL_SECONDS", 0);

	(void)!getrandom(&fresh, sizeof(fresh), GRND_NONBLOCK);
	seed = setting("MODEL_SEED", fresh);
	steps = setting("MODEL_STEPS", 20000);
	n_threads = (unsigned int)setting("MODEL_THREADS", 3);
	MODEL_CHECK(n_threads > 0 && n_threads <= THREADS_MAX);
	threads = mmap(NULL, n_threads * sizeof(*threads),
		PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MODEL_CHECK(threads != MAP_FAILED);
	model_init(heap);
	do {
		/* each round can be repeated by its seed */
		dprintf(STDERR_FILENO,
			"round %llu: MODEL_SEED=%#llx MODEL_THREADS=%u "
			"MODEL_STEPS=%llu\n",
			(unsigned long long)rounds, (unsigned long long)seed,
			n_threads, (unsigned long long)steps);
		run_round(heap, seed);
		seed += THREADS_MAX;
		if (after_round != NULL)
			after_round();
		rounds++;
	} while (now() < end);
}
