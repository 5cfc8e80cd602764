/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A heap under a load of the kind that LOAD_KIND names, for LOAD_SECONDS: no
 * block changes, and memory stays bounded.
 *
 * threads      200 threads at once, which also free each other's blocks
 * succession   threads one after the other, 100,000 in a minute or more
 * generations  children of children, 50 generations in five seconds or more,
 * each of which sees the blocks of all before it purge        threads that do
 * nothing but malloc_trim, beside others that allocate, and one that forks full
 * as threads, in a pool of which 99 % is used
 */
#include "fork.h"
#include "usage.h"

#include <malloc.h>
#include <pthread.h>
#include <time.h>

#define THREADS_MAX 200
#define SLOTS 40
#define SHARED 64
#define SUCCESSION_MAX 100000u
#define GENERATIONS_MAX 50u
#define GROWTH_MAX (32 * MIB)
#define FILLING ((size_t)64 << 10)

/* The head of each block. */
struct block {
	size_t size;
	unsigned int seed;
};

static struct block *shared[SHARED]; /* atomic */
static time_t end;
static bool may_fail;

/*
 * In a child: blocks that another thread was about to share when fork copied
 * the heap may be in the array, but not yet in the heap (libvmmalloc(7), mode
 * 2).
 */
static bool is_alone;

static bool
is_over(void)
{
	return time(NULL) >= end;
}

static void
release(struct block *b)
{
	if (b == NULL)
		return;
	CHECK(test_is_filled(b + 1, b->size, b->seed));
	free(b);
}

static struct block *
make(uint64_t *state)
{
	size_t size = test_random_size(
		state, test_random(state) % 100 == 0 ? MIB / 4 : 8000);
	struct block *b = malloc(sizeof(*b) + size);

	CHECK(b != NULL || (may_fail && errno == ENOMEM));
	if (b == NULL)
		return NULL;
	b->size = size;
	b->seed = (unsigned int)test_random(state);
	test_fill(b + 1, size, b->seed);
	return b;
}

/* Replaces one of its own blocks, and now and then one of all threads'. */
static void
churn(struct block **slots, uint64_t *state)
{
	struct block **slot = &slots[test_random(state) % SLOTS];

	release(*slot);
	*slot = make(state);
	if (!is_alone && test_random(state) % 8 == 0)
		*slot = __atomic_exchange_n(
			&shared[test_random(state) % SHARED], *slot,
			__ATOMIC_ACQ_REL);
}

static void
release_all(struct block **slots)
{
	for (int i = 0; i < SLOTS; i++)
		release(slots[i]);
}

static void *
churn_to_end(void *arg)
{
	uint64_t state = (uintptr_t)arg + 1;
	struct block *slots[SLOTS] = { NULL };

	while (!is_over())
		for (int i = 0; i < 200; i++)
			churn(slots, &state);
	release_all(slots);
	return NULL;
}

static void *
churn_briefly(void *arg)
{
	uint64_t state = (uintptr_t)arg + 1;
	struct block *slots[SLOTS] = { NULL };

	for (int i = 0; i < 30; i++)
		churn(slots, &state);
	release_all(slots);
	return NULL;
}

static void *
trim_to_end(void *arg)
{
	while (!is_over())
		malloc_trim(0);
	return arg;
}

static void *
fork_to_end(void *arg)
{
	uint64_t state = 99;
	struct block *slots[SLOTS] = { NULL };

	while (!is_over()) {
		pid_t pid;

		for (int i = 0; i < 100; i++)
			churn(slots, &state);
		pid = fork_checked();
		if (pid == 0) {
			is_alone = true;
			for (int i = 0; i < 100; i++)
				churn(slots, &state);
			release_all(slots);
			_exit(0);
		}
		wait_checked(pid);
	}
	release_all(slots);
	return arg;
}

static void
run_threads(unsigned int n, void *(*run)(void *arg), unsigned int n_trim,
	unsigned int n_fork)
{
	pthread_t thread[THREADS_MAX];
	unsigned int all = n + n_trim + n_fork;

	for (unsigned int i = 0; i < all; i++)
		CHECK(pthread_create(&thread[i], NULL,
			      i < n		       ? run
				      : i < n + n_trim ? trim_to_end
						       : fork_to_end,
			      (void *)(uintptr_t)i) == 0);
	for (unsigned int i = 0; i < all; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
}

static void
release_shared(void)
{
	for (int i = 0; i < SHARED; i++) {
		release(shared[i]);
		shared[i] = NULL;
	}
}

/* After a tenth of the threads memory does not grow any more. */
static void
run_succession(unsigned int seconds)
{
	unsigned int n = seconds < 60 ? seconds * 1000 : SUCCESSION_MAX;
	size_t before = 0, after;

	for (unsigned int i = 0; i < n; i++) {
		pthread_t thread;

		CHECK(pthread_create(&thread, NULL, churn_briefly,
			      (void *)(uintptr_t)i) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
		if (i == n / 10)
			before = usage_memory();
	}
	after = usage_memory();
	printf("%u threads, from %zu to %zu bytes\n", n, before, after);
	CHECK(after < before + GROWTH_MAX);
}

static void
run_generation(struct block **slots, uint64_t *state, unsigned int left)
{
	pid_t pid;

	for (int i = 0; i < 20; i++)
		churn(slots, state);
	if (left == 0)
		return;
	pid = fork_checked();
	if (pid == 0) {
		run_generation(slots, state, left - 1);
		release_all(slots);
		_exit(0);
	}
	for (int i = 0; i < 20; i++)
		churn(slots, state);
	wait_checked(pid);
}

static void
run_full(void)
{
	static void *block[1 << 16];
	unsigned int n = 0;

	may_fail = true;
	while ((block[n] = malloc(FILLING)) != NULL)
		test_fill(block[n], FILLING, n), n++;
	CHECK(errno == ENOMEM && n > 100);
	for (unsigned int i = 0; i < n; i += 100) {
		free(block[i]);
		block[i] = NULL;
	}
	run_threads(16, churn_to_end, 1, 0);
	for (unsigned int i = 0; i < n; i++) {
		CHECK(block[i] == NULL || test_is_filled(block[i], FILLING, i));
		free(block[i]);
	}
}

int
main(void)
{
	const char *kind = getenv("LOAD_KIND");
	const char *text = getenv("LOAD_SECONDS");
	unsigned int seconds = text != NULL ? (unsigned int)atoi(text) : 1;
	struct block *slots[SLOTS] = { NULL };
	uint64_t state = 1;

	CHECK(kind != NULL);
	end = time(NULL) + (time_t)seconds;
	if (strcmp(kind, "threads") == 0)
		run_threads(THREADS_MAX, churn_to_end, 0, 0);
	else if (strcmp(kind, "succession") == 0)
		run_succession(seconds);
	else if (strcmp(kind, "generations") == 0)
		run_generation(slots, &state,
			seconds < 5 ? seconds * 10 : GENERATIONS_MAX);
	else if (strcmp(kind, "purge") == 0)
		run_threads(4, churn_to_end, 2, 1);
	else if (strcmp(kind, "full") == 0)
		run_full();
	else
		CHECK(!"a kind of load");
	release_all(slots);
	release_shared();
	return 0;
}
