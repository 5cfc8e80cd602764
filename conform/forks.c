/* SPDX-License-Identifier: BSD-3-Clause */
/* fork: each process has a heap of its own, and no lock stays locked. */
#include "conform/conform.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

/*
 * A child that waits for a lock that no thread will release ends after this
 * time.
 */
#define CHILD_SECONDS 60

#define BLOCKS 200

static void *blocks[BLOCKS];

static size_t
block_size(unsigned int i)
{
	return i % 50 == 49 ? MIB / 2 + i : (size_t)1 + i * i % 9000;
}

static void
fill_blocks(unsigned int seed)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		if (blocks[i] == NULL)
			blocks[i] = vmm_conform_malloc(block_size(i));
		test_fill(blocks[i], block_size(i), seed + i);
	}
}

static void
check_blocks(unsigned int seed, const char *whose)
{
	for (unsigned int i = 0; i < BLOCKS; i++)
		REQUIRE(test_is_filled(blocks[i], block_size(i), seed + i),
			"after fork the %s has lost the bytes of a block",
			whose);
}

/* Verifies, frees, allocates, changes. */
static void
use_blocks(unsigned int seed, unsigned int new_seed, const char *whose)
{
	check_blocks(seed, whose);
	for (unsigned int i = 0; i < BLOCKS; i += 2) {
		free(blocks[i]);
		blocks[i] = NULL;
	}
	fill_blocks(new_seed);
	check_blocks(new_seed, whose);
}

static pid_t
fork_or_fail(void)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0, "fork fails: %s", strerror(errno));
	if (pid == 0)
		alarm(CHILD_SECONDS);
	return pid;
}

static void
wait_for(pid_t pid)
{
	int status;

	REQUIRE(waitpid(pid, &status, 0) == pid, "waitpid: %s",
		strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == VMM_CONFORM_FAILED)
		_exit(VMM_CONFORM_FAILED); /* the child has said why */
	REQUIRE(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM,
		"a forked child hangs: a lock was taken at fork and is not "
		"released in the child");
	REQUIRE(!WIFSIGNALED(status),
		"a forked child is terminated by signal %d (%s)",
		WTERMSIG(status), strsignal(WTERMSIG(status)));
	REQUIRE(WEXITSTATUS(status) == 0, "a forked child exits with %d",
		WEXITSTATUS(status));
}

/*
 * The child changes its heap while its own child and its parent change theirs.
 */
_Noreturn static void
be_child(void)
{
	pid_t pid = fork_or_fail();

	if (pid == 0) {
		use_blocks(1, 70, "grandchild");
		_exit(0);
	}
	use_blocks(1, 50, "child");
	wait_for(pid);
	check_blocks(50, "child");
	_exit(0);
}

static void *
do_nothing(void *arg)
{
	return arg;
}

/* The slots for fork are called once the process has had a second thread. */
static void
have_had_threads(void)
{
	pthread_t id;

	REQUIRE(pthread_create(&id, NULL, do_nothing, NULL) == 0,
		"pthread_create fails: %s", strerror(errno));
	pthread_join(id, NULL);
}

void
vmm_check_fork(void)
{
	have_had_threads();
	fill_blocks(1);
	for (unsigned int i = 0; i < 3; i++) {
		pid_t pid = fork_or_fail();

		if (pid == 0)
			be_child();
		use_blocks(1, 100, "parent");
		wait_for(pid);
		use_blocks(100, 1, "parent");
	}
}

static bool is_over; /* atomic */

/* If there is no memory left, it goes on with the blocks that it has. */
static void *
churn(void *arg)
{
	enum { N = 32 };
	void *own[N] = { NULL };
	uint64_t state = (uint64_t)(uintptr_t)arg * 17;

	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		unsigned int k = test_random(&state) % N;

		free(own[k]);
		own[k] = malloc(test_random_size(&state, 4000));
	}
	for (int k = 0; k < N; k++)
		free(own[k]);
	return NULL;
}

static void *
free_block(void *block)
{
	free(block);
	return NULL;
}

/* Threads that end use the heap as well. */
static void *
begin_and_end(void *arg)
{
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		void *block = malloc(100);
		pthread_t thread;

		if (pthread_create(&thread, NULL, free_block, block) == 0)
			pthread_join(thread, NULL);
		else
			free(block);
	}
	return arg;
}

void
vmm_check_fork_threads(void)
{
	enum { THREADS = 3, FORKS = 40 };
	pthread_t threads[THREADS];

	fill_blocks(1);
	for (uintptr_t i = 0; i < THREADS; i++)
		REQUIRE(pthread_create(&threads[i], NULL,
				i == 0 ? begin_and_end : churn,
				(void *)(i + 1)) == 0,
			"pthread_create fails");
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork_or_fail();

		if (pid == 0) {
			for (size_t size = 1; size < 2 * MIB; size += size) {
				void *p = malloc(size);

				if (p != NULL)
					memset(p, 2, size);
				free(p);
			}
			check_blocks(1, "child");
			for (unsigned int k = 0; k < BLOCKS; k++)
				free(blocks[k]);
			_exit(0);
		}
		check_blocks(1, "parent");
		wait_for(pid);
	}
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}
