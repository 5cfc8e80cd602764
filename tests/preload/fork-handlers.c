/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program's own fork handlers may allocate and free, and see the heap of
 * their side; also if libc forks internally, without a call of fork() that
 * could be interposed: forkpty, daemon.
 */
#include "fork.h"

#include <pthread.h>
#include <pty.h>

static struct heap heap;
static void *from_prepare;
static unsigned int prepared, in_parent, in_child;

static void
churn(void)
{
	for (size_t size = 1; size <= MIB; size = size * 2 + 1) {
		void *p = malloc(size);

		CHECK(p != NULL);
		test_fill(p, size, 4);
		p = realloc(p, size * 2);
		CHECK(p != NULL && test_is_filled(p, size, 4));
		free(p);
	}
}

static void
prepare(void)
{
	prepared++;
	churn();
	from_prepare = malloc(5000);
	CHECK(from_prepare != NULL);
	test_fill(from_prepare, 5000, prepared);
	heap_use(&heap, prepared);
}

static void
after(void)
{
	CHECK(test_is_filled(from_prepare, 5000, prepared));
	free(from_prepare);
	heap_verify(&heap);
	churn();
}

static void
parent(void)
{
	in_parent++;
	after();
	heap_use(&heap, 77);
}

static void
child(void)
{
	in_child++;
	alarm(CHILD_SECONDS);
	after();
	heap_use(&heap, 99);
}

static void
forks(void)
{
	for (unsigned int i = 1; i <= 5; i++) {
		pid_t pid = fork_checked();

		CHECK(prepared == i);
		if (pid == 0) {
			CHECK(in_child == 1);
			CHECK(heap.seed == 99);
			heap_use(&heap, i);
			_exit(0);
		}
		CHECK(in_parent == i);
		CHECK(heap.seed == 77);
		heap_verify(&heap);
		wait_checked(pid);
	}
}

static void
pseudo_terminal(void)
{
	int terminal;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid < 0) {
		fprintf(stderr, "no pseudo-terminal: %m\n");
		return;
	}
	if (pid == 0) {
		heap_use(&heap, 5);
		_exit(0);
	}
	heap_use(&heap, 6);
	wait_checked(pid);
	close(terminal);
}

/* daemon ends the calling process, which must therefore be a child. */
static void
be_daemon(void)
{
	int done[2];
	char byte;
	pid_t pid;

	CHECK(pipe(done) == 0);
	pid = fork_checked();
	if (pid == 0) {
		close(done[0]);
		CHECK(daemon(1, 1) == 0);
		heap_use(&heap, 8);
		CHECK(write(done[1], "", 1) == 1);
		_exit(0);
	}
	close(done[1]);
	wait_checked(pid);
	CHECK(read(done[0], &byte, 1) == 1);
	close(done[0]);
	heap_use(&heap, 9);
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);
	CHECK(pthread_atfork(prepare, parent, child) == 0);
	forks();
	pseudo_terminal();
	be_daemon();
	return 0;
}
