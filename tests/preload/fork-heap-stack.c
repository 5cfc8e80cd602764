/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork on a stack that is a block of the heap: of a coroutine, a signal
 * handler, a thread or a clone. It works; or, in mode 2, it fails with ENOMEM
 * if the forking thread would have to copy the heap while it runs on it.
 */
#include "fork.h"
#include "parts.h"

#include <pthread.h>
#include <sched.h>

#ifdef __GLIBC__
#include <ucontext.h>
#endif

#define STACK_BYTES ((size_t)256 << 10)
#define FORKS 5

static struct heap heap;
static bool has_run; /* atomic */

static char *
allocate_stack(void)
{
	char *stack = aligned_alloc(4096, STACK_BYTES);

	CHECK(stack != NULL && test_is_in_pool(stack));
	heap_fill(&heap, 1);
	return stack;
}

/* Recurses, so that there are frames that could be lost. */
__attribute__((noinline)) static unsigned int
forks_deep(unsigned int depth)
{
	volatile unsigned int here[64];
	const char *mode = getenv("VMMALLOC_FORK");
	bool may_fail = mode != NULL && *mode == '2';
	pid_t pid;

	for (unsigned int i = 0; i < 64; i++)
		here[i] = depth + i;
	if (depth > 0) {
		unsigned int n = forks_deep(depth - 1);

		for (unsigned int i = 0; i < 64; i++)
			CHECK(here[i] == depth + i);
		return n + here[0];
	}
	errno = 0;
	pid = fork();
	if (pid < 0) {
		CHECK(may_fail && errno == ENOMEM);
		heap_verify(&heap);
		return 1;
	}
	if (pid == 0)
		alarm(CHILD_SECONDS);
	heap_use(&heap, pid == 0 ? 100 : 10);
	for (unsigned int i = 0; i < 64; i++)
		CHECK(here[i] == depth + i);
	here[1] = pid == 0 ? 100 : 10;
	usleep(2000); /* give both sides time to write */
	CHECK(here[1] == (pid == 0 ? 100 : 10));
	if (pid == 0)
		_exit(0);
	wait_checked(pid);
	CHECK(here[1] == 10);
	return 1;
}

static void
forks(void)
{
	char here;

	CHECK(test_is_in_pool(&here));
	for (unsigned int i = 0; i < FORKS; i++)
		CHECK(forks_deep(10) == 56);
	heap_use(&heap, 3);
	__atomic_store_n(&has_run, true, __ATOMIC_RELEASE);
}

static void
coroutine(void)
{
#ifdef __GLIBC__
	static ucontext_t here, there;

	CHECK(getcontext(&there) == 0);
	there.uc_stack.ss_sp = allocate_stack();
	there.uc_stack.ss_size = STACK_BYTES;
	there.uc_link = &here;
	makecontext(&there, forks, 0);
	CHECK(swapcontext(&here, &there) == 0);
	CHECK(has_run);
	free(there.uc_stack.ss_sp);
#else
	test_skip("no makecontext in this libc");
#endif
}

static void
on_signal(int number)
{
	(void)number;
	forks();
}

static void
signal_stack(void)
{
	stack_t stack = { .ss_sp = allocate_stack(), .ss_size = STACK_BYTES };
	struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_ONSTACK,
	};

	CHECK(sigaltstack(&stack, NULL) == 0);
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(raise(SIGUSR1) == 0);
	CHECK(has_run);
}

static void *
work(void *arg)
{
	forks();
	return arg;
}

static void
thread_stack(void)
{
	char *stack = allocate_stack();
	pthread_attr_t attr;
	pthread_t thread;

	CHECK(pthread_attr_init(&attr) == 0);
	CHECK(pthread_attr_setstack(&attr, stack, STACK_BYTES) == 0);
	CHECK(pthread_create(&thread, &attr, work, NULL) == 0);
	/*
	 * pthread_join waits on a futex in that stack, so not during the fork.
	 */
	while (!__atomic_load_n(&has_run, __ATOMIC_ACQUIRE))
		usleep(1000);
	CHECK(pthread_join(thread, NULL) == 0);
	free(stack);
}

/* Another thread runs on that stack while this one forks. */
static int begun[2], end[2];

static void *
wait_deep(void *arg)
{
	volatile unsigned int here[1000];
	char byte;

	for (unsigned int i = 0; i < 1000; i++)
		here[i] = i;
	CHECK(write(begun[1], "", 1) == 1);
	CHECK(read(end[0], &byte, 1) == 1);
	for (unsigned int i = 0; i < 1000; i++)
		CHECK(here[i] == i);
	return arg;
}

static void
other_thread_stack(void)
{
	char *stack = allocate_stack();
	pthread_attr_t attr;
	pthread_t thread;
	char byte;

	CHECK(pipe(begun) == 0 && pipe(end) == 0);
	CHECK(pthread_attr_init(&attr) == 0);
	CHECK(pthread_attr_setstack(&attr, stack, STACK_BYTES) == 0);
	CHECK(pthread_create(&thread, &attr, wait_deep, NULL) == 0);
	CHECK(read(begun[0], &byte, 1) == 1);
	for (unsigned int i = 0; i < FORKS; i++) {
		pid_t pid = fork_checked();

		heap_use(&heap, pid == 0 ? 100 : i);
		if (pid == 0) {
			memset(stack, 1, STACK_BYTES); /* in its own copy */
			_exit(0);
		}
		wait_checked(pid);
	}
	CHECK(write(end[1], "", 1) == 1);
	CHECK(pthread_join(thread, NULL) == 0);
}

/*
 * clone() without CLONE_VM on a block as stack: the child runs on its own copy.
 */
static int
be_clone(void *arg)
{
	alarm(CHILD_SECONDS);
	heap_use(&heap, *(const unsigned int *)arg);
	return 0;
}

static void
clone_stack(void)
{
	char *stack = allocate_stack();
	const char *mode = getenv("VMMALLOC_FORK");

	for (unsigned int i = 0; i < FORKS; i++) {
		pid_t pid;

		errno = 0;
		pid = clone(be_clone, stack + STACK_BYTES, SIGCHLD, &i);
		if (pid < 0) {
			CHECK(errno == ENOMEM);
			CHECK(mode != NULL && *mode == '2');
			heap_use(&heap, i);
			continue;
		}
		memset(stack, 2, STACK_BYTES);
		heap_use(&heap, 50 + i);
		wait_checked(pid);
		CHECK(test_is_filled(stack, STACK_BYTES, 1));
	}
	free(stack);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "coroutine", coroutine, NULL },
		{ "signal-stack", signal_stack, NULL },
		{ "thread-stack", thread_stack, NULL },
		{ "other-thread-stack", other_thread_stack, NULL },
		{ "clone-stack", clone_stack, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
