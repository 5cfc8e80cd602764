/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much of the native heap grows with the number of processors and threads:
 * prints counts of locks and page faults, for tests/cost/scaling.sh to judge.
 * The first argument says what is counted:
 *
 * pair SIZE    shared locks in 10000 pairs of malloc and free
 * remote SIZE  the same, of blocks that another thread frees
 * large        locks in a malloc of more than 1 MiB, the most of one call
 * fail         locks in a malloc that must fail, likewise
 * start        page faults before main
 * fork         locks in a fork, and page faults of both processes
 * ended        MiB committed after 15 threads have allocated, freed and ended,
 *              while main allocates a little
 * spread N     of 16 threads, those with an arena of their own if there are N
 *              processors once main runs
 */
#include "tests/preload/platform.h"
#include "tests/preload/test.h"
#include "tests/cost/shims.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define PAIRS 10000u
#define ROUND 200u /* blocks that change threads at a time */
#define THREADS 16u
#define SLAB ((uintptr_t)16 << 10)

static pthread_barrier_t barrier;
static void *blocks[ROUND];
static void *of_thread[THREADS];

static void
wait_ms(long ms)
{
	struct timespec time = { 0, ms * 1000000 };

	nanosleep(&time, NULL);
}

static unsigned long
count_pairs(size_t size)
{
	unsigned long before = 0;

	/* the first ones commit memory */
	for (unsigned int i = 0; i < 2 * PAIRS; i++) {
		void *volatile p;

		if (i == PAIRS)
			before = shim_shared_locks();
		p = malloc(size);
		CHECK(p != NULL);
		free(p);
	}
	return shim_shared_locks() - before;
}

static void *
free_remotely(void *arg)
{
	for (unsigned int n = 0; n < 2 * PAIRS; n += ROUND) {
		pthread_barrier_wait(&barrier);
		for (unsigned int i = 0; i < ROUND; i++)
			free(blocks[i]);
		pthread_barrier_wait(&barrier);
	}
	return arg;
}

static unsigned long
count_remote(size_t size)
{
	unsigned long before = 0;
	pthread_t thread;

	CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
	CHECK(pthread_create(&thread, NULL, free_remotely, NULL) == 0);
	for (unsigned int n = 0; n < 2 * PAIRS; n += ROUND) {
		if (n == PAIRS)
			before = shim_shared_locks();
		for (unsigned int i = 0; i < ROUND; i++)
			CHECK((blocks[i] = malloc(size)) != NULL);
		pthread_barrier_wait(&barrier);
		pthread_barrier_wait(&barrier);
	}
	before = shim_shared_locks() - before;
	CHECK(pthread_join(thread, NULL) == 0);
	return before;
}

/* The most locks of one call; the caches have nothing to return. */
static unsigned long
count_one(size_t size, bool must_fail)
{
	unsigned long most = 0;

	for (unsigned int i = 0; i < 30; i++) {
		unsigned long before = shim_locks();
		void *volatile p = malloc(size);

		CHECK((p == NULL) == must_fail);
		free(p);
		before = shim_locks() - before;
		if (i > 0 && before > most)
			most = before;
		wait_ms(20);
	}
	return most;
}

static long
faults(int who)
{
	struct rusage usage;

	CHECK(getrusage(who, &usage) == 0);
	return usage.ru_minflt;
}

static void
print_fork(void)
{
	unsigned long locks = 0;
	long before = 0;

	for (int i = 0; i < 20; i++) {
		pid_t pid;
		int status;

		/* the first fork changes the pool's mappings */
		if (i == 10) {
			locks = shim_locks();
			before = faults(RUSAGE_SELF) + faults(RUSAGE_CHILDREN);
		}
		pid = fork();
		if (pid == 0)
			_exit(0);
		CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	}
	printf("%lu %ld\n", (shim_locks() - locks) / 10,
		(faults(RUSAGE_SELF) + faults(RUSAGE_CHILDREN) - before) / 10);
}

static void *
fill_and_free(void *arg)
{
	void **list = NULL;

	/* give each thread an arena */
	pthread_barrier_wait(&barrier);
	for (size_t i = 0; i < 8 * MIB / 512; i++) {
		void **block = malloc(512);

		CHECK(block != NULL);
		*block = list;
		list = block;
	}
	while (list != NULL) {
		void **next = *list;

		free(list);
		list = next;
	}
	return arg;
}

static size_t
count_ended(void)
{
	static void *some[2000];
	pthread_t threads[THREADS - 1];

	CHECK(pthread_barrier_init(&barrier, NULL, THREADS - 1) == 0);
	for (unsigned int i = 0; i < THREADS - 1; i++)
		CHECK(pthread_create(&threads[i], NULL, fill_and_free, NULL) ==
			0);
	for (unsigned int i = 0; i < THREADS - 1; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	/* up to ten seconds; on an idle machine it takes less than one */
	for (int n = 0; n < 1000 && test_committed() > 4 * MIB; n++) {
		for (int i = 0; i < 2000; i++)
			CHECK((some[i] = malloc(200)) != NULL);
		for (int i = 0; i < 2000; i++)
			free(some[i]);
		wait_ms(10);
	}
	return test_committed() / MIB;
}

static void *
hold_block(void *arg)
{
	*(void **)arg = malloc(64);
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* Threads of one arena share slabs: their first blocks are neighbours. */
static unsigned int
count_spread(int processors)
{
	pthread_t threads[THREADS];
	unsigned int n = 0;

	shim_set_processors(processors);
	CHECK(pthread_barrier_init(&barrier, NULL, THREADS + 1) == 0);
	for (unsigned int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, hold_block,
			      &of_thread[i]) == 0);
	pthread_barrier_wait(&barrier);
	for (unsigned int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	for (unsigned int i = 0; i < THREADS; i++) {
		bool is_alone = true;

		for (unsigned int k = 0; k < THREADS; k++)
			if (k != i &&
				(uintptr_t)of_thread[k] / SLAB ==
					(uintptr_t)of_thread[i] / SLAB)
				is_alone = false;
		n += is_alone;
	}
	return n;
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (strcmp(mode, "start") == 0)
		printf("%ld\n", faults(RUSAGE_SELF));
	else if (strcmp(mode, "pair") == 0)
		printf("%lu\n", count_pairs(n));
	else if (strcmp(mode, "remote") == 0)
		printf("%lu\n", count_remote(n));
	else if (strcmp(mode, "large") == 0)
		printf("%lu\n", count_one(MIB + 1, false));
	else if (strcmp(mode, "fail") == 0)
		printf("%lu\n", count_one(PTRDIFF_MAX - 100, true));
	else if (strcmp(mode, "fork") == 0)
		print_fork();
	else if (strcmp(mode, "ended") == 0)
		printf("%zu\n", count_ended());
	else if (strcmp(mode, "spread") == 0)
		printf("%u\n", count_spread((int)n));
	else
		return 2;
	return 0;
}
