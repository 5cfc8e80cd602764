/* SPDX-License-Identifier: BSD-3-Clause */
/* Uses of a heap while something is wrong; see use.h. */
#include "tests/faults/use.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/wait.h>

#define THREADS 3

bool use_child_has_ended;

void
use_mark(enum fault_phase phase)
{
	syscall(SYS_getppid, FAULT_MARK, (long)phase);
}

static unsigned int
seed_of(const struct use_heap *heap, unsigned int i)
{
	return i + (unsigned int)heap->size[i];
}

void
use_verify(const struct use_heap *heap)
{
	for (unsigned int i = 0; i < USE_BLOCKS; i++)
		CHECK(heap->block[i] == NULL ||
			test_is_filled(heap->block[i], heap->size[i],
				seed_of(heap, i)));
}

static void
release(struct use_heap *heap, unsigned int i)
{
	free(heap->block[i]);
	heap->block[i] = NULL;
}

/* Keeps a block that was just allocated, or sees why there is none. */
static void
keep(struct use_heap *heap, unsigned int i, void *block, size_t size)
{
	CHECK(block != NULL || (errno == ENOMEM && !heap->must_succeed));
	heap->block[i] = block;
	heap->size[i] = size;
	if (block == NULL)
		return;
	CHECK(test_is_in_pool(block));
	test_fill(block, size, seed_of(heap, i));
}

static void
resize(struct use_heap *heap, unsigned int i, size_t size)
{
	size_t both = size < heap->size[i] ? size : heap->size[i];
	void *block;

	errno = 0;
	block = realloc(heap->block[i], size);
	if (block == NULL) {
		CHECK(errno == ENOMEM && !heap->must_succeed);
		return;
	}
	CHECK(test_is_filled(block, both, seed_of(heap, i)));
	keep(heap, i, block, size);
}

static void
step(struct use_heap *heap, unsigned int i, size_t size)
{
	void *block;

	if (heap->block[i] != NULL && i % 3 != 0) {
		resize(heap, i, size);
		return;
	}
	release(heap, i);
	errno = 0;
	if (i % 5 == 0) {
		block = calloc(1, size);
		CHECK(block == NULL || test_is_zero(block, size));
	} else if (i % 7 == 0) {
		block = memalign((size_t)64 << i % 8, size);
	} else {
		block = malloc(size);
	}
	keep(heap, i, block, size);
}

void
use(struct use_heap *heap)
{
	for (unsigned int i = 0; i < USE_BLOCKS; i++)
		step(heap, i,
			test_random_size(&heap->state,
				i % 12 == 0 ? MIB : (size_t)20000));
	use_verify(heap);
	for (unsigned int i = 0; i < USE_BLOCKS; i += 2)
		release(heap, i);
	use_verify(heap);
}

void
use_free_all(struct use_heap *heap)
{
	for (unsigned int i = 0; i < USE_BLOCKS; i++)
		release(heap, i);
}

static void *
use_in_thread(void *arg)
{
	use(arg);
	return arg;
}

void
use_threads(bool must_succeed)
{
	static struct use_heap heap[THREADS];
	pthread_t thread[THREADS];
	bool is_running[THREADS];

	for (unsigned int i = 0; i < THREADS; i++) {
		heap[i].state = i + 1;
		heap[i].must_succeed = must_succeed;
		is_running[i] = pthread_create(&thread[i], NULL, use_in_thread,
					&heap[i]) == 0;
		CHECK(is_running[i] || !must_succeed);
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		if (is_running[i])
			CHECK(pthread_join(thread[i], NULL) == 0);
		use_verify(&heap[i]);
		use_free_all(&heap[i]);
	}
}

/* A child may end if it has a reason, which inject finds on stderr. */
static void
wait_for(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGABRT
				  : WEXITSTATUS(status) == 3 ||
				WEXITSTATUS(status) == 127);
	use_child_has_ended = true;
}

/* EPERM and ENOSYS are a sandbox's; the C library passes them on. */
static bool
may_fork_fail_with(int err)
{
	return err == ENOMEM || err == EAGAIN || err == EPERM || err == ENOSYS;
}

static pid_t
start_child(const struct use_heap *heap)
{
	pid_t pid;

	errno = 0;
	pid = fork();
	CHECK(pid >= 0 || (!heap->must_succeed && may_fork_fail_with(errno)));
	return pid;
}

void
use_fork(struct use_heap *heap, enum fault_phase phase)
{
	pid_t pid, grandchild;

	use_mark(phase);
	pid = start_child(heap);
	if (pid == 0) {
		use_mark(phase);
		use(heap);
		grandchild = start_child(heap);
		use(heap);
		if (grandchild == 0)
			_exit(0);
		use_mark(FAULT_NONE);
		if (grandchild > 0)
			wait_for(grandchild);
		use_verify(heap);
		_exit(use_child_has_ended ? 3 : 0);
	}
	use(heap);
	use_mark(FAULT_NONE);
	if (pid > 0)
		wait_for(pid);
	use_verify(heap);
}
