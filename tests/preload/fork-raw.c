/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * However a process is created, by _Fork, clone, a system call made through
 * libc or a function that forks inside libc: its heap and its parent's are
 * separate from then on. Only a process that shares memory on purpose continues
 * to share the heap.
 */
#include "churn.h"
#include "fork.h"
#include "parts.h"
#include "platform.h"

#include <dlfcn.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define STACK_BYTES ((size_t)1 << 18)
#define ROUNDS 3

typedef pid_t way(void);

static struct heap heap;
static struct churn churn;

/* The raw calls write the child's process ID here: into memory of the heap. */
struct numbers {
	pid_t in_parent, in_child;
};

/*
 * A child that was not created by fork() while the parent had other threads may
 * only make calls that are safe in a signal handler. It may still write to its
 * blocks.
 */
static void
use(unsigned int seed, bool may_allocate)
{
	if (may_allocate) {
		heap_use(&heap, seed);
		return;
	}
	heap_verify(&heap);
	for (unsigned int i = 0; i < HEAP_BLOCKS; i++)
		test_fill(heap.blocks[i], heap_size(i), seed + i);
	heap.seed = seed;
	heap_verify(&heap);
}

static void
round_of(way *start, unsigned int seed, bool may_allocate)
{
	pid_t pid;

	heap_fill(&heap, seed);
	pid = start();
	CHECK(pid >= 0);
	if (pid == 0)
		alarm(CHILD_SECONDS);
	for (unsigned int i = 1; i < 10; i++)
		use(seed + (pid == 0 ? 100 : 10) * i, pid > 0 || may_allocate);
	if (pid == 0)
		_exit(0);
	wait_checked(pid);
	heap_verify(&heap);
}

static void
attempt(way *start, bool has_threads, bool is_fork)
{
	if (has_threads)
		churn_begin(&churn);
	for (unsigned int i = 0; i < ROUNDS; i++)
		round_of(start, i, is_fork || !has_threads);
	if (has_threads)
		churn_end(&churn);
	heap_free(&heap, 1);
}

static pid_t
by_Fork(void)
{
	pid_t (*call)(void) = NULL;
	void *found = dlsym(RTLD_DEFAULT, "_Fork");

	if (found == NULL)
		test_skip("no _Fork in this libc");
	memcpy(&call, &found, sizeof(call));
	return call();
}

static pid_t
by_sys_fork(void)
{
#ifdef SYS_fork
	return (pid_t)syscall(SYS_fork);
#else
	test_skip("no system call fork on this processor");
#endif
}

static pid_t
by_sys_vfork_flags(void)
{
	/* the parent waits, but does not share its memory */
	return (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
}

static pid_t
by_sys_clone(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static pid_t
by_sys_clone_namespaces(void)
{
	int flags = CLONE_NEWNS | CLONE_NEWUTS;
	pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == -1 && errno == EPERM)
		test_skip("no new name spaces are permitted");
	return pid;
}

static pid_t
by_sys_clone_numbers(void)
{
	struct numbers *numbers = calloc(1, sizeof(*numbers));
	long flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD;
	pid_t pid;

	CHECK(numbers != NULL && test_is_in_pool(numbers));
	/* the order of the arguments depends on the architecture */
#ifdef __x86_64__
	pid = (pid_t)syscall(SYS_clone, flags, 0, &numbers->in_parent,
		&numbers->in_child, 0);
#else
	pid = (pid_t)syscall(SYS_clone, flags, 0, &numbers->in_parent, 0,
		&numbers->in_child);
#endif
	if (pid == 0) {
		CHECK(numbers->in_child == (pid_t)syscall(SYS_gettid));
		numbers->in_parent = -1;
		return pid;
	}
	usleep(20000); /* give the child time to write its own ID */
	CHECK(pid > 0 && numbers->in_parent == pid);
	CHECK(numbers->in_child == 0);
	free(numbers);
	return pid;
}

static pid_t
by_sys_clone3(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	CHECK(syscall(SYS_clone3, NULL, 0) == -1);
	if (errno == ENOSYS)
		test_skip("no system call clone3");
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/*
 * clone() calls a function, in which the rest of the child's round runs. The
 * child ends when it returns, or by _exit.
 */
static int
child_of_clone(void *arg)
{
	unsigned int seed = *(const unsigned int *)arg;

	alarm(CHILD_SECONDS);
	for (unsigned int i = 1; i < 10; i++)
		use(seed + 100 * i, true);
	if (seed % 2 == 0)
		_exit(0);
	return 0;
}

static void
clone_on_stack(void)
{
	char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	CHECK(stack != MAP_FAILED);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		pid_t pid;

		heap_fill(&heap, i);
		pid = clone(child_of_clone, stack + STACK_BYTES, SIGCHLD, &i);
		CHECK(pid > 0);
		for (unsigned int k = 1; k < 10; k++)
			use(i + 10 * k, true);
		wait_checked(pid);
		heap_verify(&heap);
	}
}

/* With CLONE_VM both sides share the memory, as the caller asked for. */
static int
child_that_shares(void *arg)
{
	heap_verify(&heap);
	*(unsigned int *)arg = 4711;
	return 0;
}

static void
clone_that_shares(void)
{
	char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	unsigned int *told = calloc(1, sizeof(*told));

	CHECK(stack != MAP_FAILED && told != NULL);
	heap_fill(&heap, 1);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		pid_t pid = clone(child_that_shares, stack + STACK_BYTES,
			CLONE_VM | CLONE_VFORK | SIGCHLD, told);

		CHECK(pid > 0);
		wait_checked(pid);
		CHECK(*told == 4711);
		*told = 0;
		heap_use(&heap, i);
	}
}

/* Other programs do not use this heap. */
static void
vfork_and_exec(void)
{
	churn_begin(&churn);
	heap_fill(&heap, 1);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		pid_t pid = vfork();

		CHECK(pid >= 0);
		if (pid == 0) {
			execlp("true", "true", NULL);
			_exit(1);
		}
		heap_use(&heap, i);
		wait_checked(pid);
	}
	churn_end(&churn);
}

static void
spawn(void)
{
	static char name[] = "true";
	char *const args[] = { name, NULL };

	churn_begin(&churn);
	heap_fill(&heap, 1);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		pid_t pid;

		CHECK(posix_spawnp(&pid, name, NULL, NULL, args, environ) == 0);
		heap_use(&heap, i);
		wait_checked(pid);
	}
	churn_end(&churn);
}

static pid_t
by_forkpty(void)
{
	int (*call)(int *, char *, const void *, const void *) = NULL;
	void *found = dlsym(RTLD_DEFAULT, "forkpty");
	int terminal;
	pid_t pid;

	if (found == NULL)
		test_skip("forkpty is not in this libc");
	memcpy(&call, &found, sizeof(call));
	pid = call(&terminal, NULL, NULL, NULL);
	if (pid == -1 && errno != ENOMEM)
		test_skip("no terminal to be had");
	return pid;
}

/* A daemon is not a child of this process: it reports by a pipe. */
static void
by_daemon(bool has_threads)
{
	if (has_threads)
		churn_begin(&churn);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		int ended[2];
		char byte;
		pid_t pid;

		CHECK(pipe(ended) == 0);
		heap_fill(&heap, i);
		pid = fork_checked();
		if (pid == 0) {
			heap_use(&heap, i + 50);
			CHECK(daemon(1, 1) == 0);
			alarm(CHILD_SECONDS);
			for (unsigned int k = 60; k < 70; k++)
				heap_use(&heap, i + k);
			CHECK(write(ended[1], "", 1) == 1);
			_exit(0);
		}
		close(ended[1]);
		for (unsigned int k = 20; k < 30; k++)
			heap_use(&heap, i + k);
		wait_checked(pid);
		CHECK(read(ended[0], &byte, 1) == 1);
		close(ended[0]);
		heap_verify(&heap);
	}
	if (has_threads)
		churn_end(&churn);
}

/* Each way is a part, alone and with a thread that allocates concurrently. */
#define PAIR(name, start, is_fork)              \
	static void name(void)                  \
	{                                       \
		attempt(start, false, is_fork); \
	}                                       \
	static void name##_threads(void)        \
	{                                       \
		attempt(start, true, is_fork);  \
	}

PAIR(plain_fork, fork, true)
PAIR(under_fork, by_Fork, false)
PAIR(sys_fork, by_sys_fork, false)
PAIR(sys_vfork_flags, by_sys_vfork_flags, false)
PAIR(sys_clone, by_sys_clone, false)
PAIR(sys_clone_namespaces, by_sys_clone_namespaces, false)
PAIR(sys_clone_numbers, by_sys_clone_numbers, false)
PAIR(sys_clone3, by_sys_clone3, false)
PAIR(pty, by_forkpty, true)

static void
daemon_alone(void)
{
	by_daemon(false);
}

static void
daemon_threads(void)
{
	by_daemon(true);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "fork", plain_fork, NULL },
		{ "fork-threads", plain_fork_threads, NULL },
		{ "_Fork", under_fork, NULL },
		{ "_Fork-threads", under_fork_threads, NULL },
		{ "sys-fork", sys_fork, NULL },
		{ "sys-fork-threads", sys_fork_threads, NULL },
		{ "sys-vfork-flags", sys_vfork_flags, NULL },
		{ "sys-vfork-flags-threads", sys_vfork_flags_threads, NULL },
		{ "sys-clone", sys_clone, NULL },
		{ "sys-clone-threads", sys_clone_threads, NULL },
		{ "sys-clone-namespaces", sys_clone_namespaces, NULL },
		{ "sys-clone-namespaces-threads", sys_clone_namespaces_threads,
			NULL },
		{ "sys-clone-numbers", sys_clone_numbers, NULL },
		{ "sys-clone-numbers-threads", sys_clone_numbers_threads,
			NULL },
		{ "sys-clone3", sys_clone3, NULL },
		{ "sys-clone3-threads", sys_clone3_threads, NULL },
		{ "clone-on-stack", clone_on_stack, NULL },
		{ "clone-that-shares", clone_that_shares, NULL },
		{ "vfork", vfork_and_exec, NULL },
		{ "spawn", spawn, NULL },
		{ "forkpty", pty, NULL },
		{ "forkpty-threads", pty_threads, NULL },
		{ "daemon", daemon_alone, NULL },
		{ "daemon-threads", daemon_threads, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
