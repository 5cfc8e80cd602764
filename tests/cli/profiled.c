/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program to profile: known amounts of memory per function, as its argument
 * says. The functions are not static, so that they have symbols.
 */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __clang__
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noinline, noclone)) /* gcc renames clones */
#endif
#define SMALL 100000
#define THREADS 4

void *kept[4 * SMALL];

void hold_small(void);
void hold_large(void);
void hold_aligned(void);
void hold_zeroed(void);
void hold_grown(void);
void churn(int n);
void churn_large(void);
void *churn_thread(void *arg);

/* 10000000 bytes live */
NOINLINE void
hold_small(void)
{
	for (int i = 0; i < SMALL; i++)
		kept[i] = malloc(100);
}

/* 32000000 bytes live in 8 blocks */
NOINLINE void
hold_large(void)
{
	static volatile int n = 8; /* an unrolled loop would be eight sites */

	for (int i = 0; i < n; i++)
		kept[SMALL + i] = malloc(4000000);
}

/* 10000000 bytes live in 1000 blocks */
NOINLINE void
hold_aligned(void)
{
	for (int i = 0; i < 1000; i++)
		kept[2 * SMALL + i] = memalign(64, 10000);
}

/* 20000000 bytes live in 20000 blocks */
NOINLINE void
hold_zeroed(void)
{
	for (int i = 0; i < 20000; i++)
		kept[3 * SMALL + i] = calloc(10, 100);
}

/* 4000000 bytes live, of 12000000 allocated */
NOINLINE void
hold_grown(void)
{
	for (int i = 0; i < 1000; i++) {
		void *block = malloc(3000);

		block = realloc(block, 5000);
		kept[2 * SMALL + 2000 + i] = realloc(block, 4000);
	}
}

/* Nothing live; n times 64 bytes. */
NOINLINE void
churn(int n)
{
	for (int i = 0; i < n; i++)
		free(malloc(64));
}

/* Nothing live; 200 MB, in blocks that no allocator aligns for a profile. */
NOINLINE void
churn_large(void)
{
	for (int i = 0; i < 100; i++) {
		void *block = calloc(10, 100000);

		block = realloc(block, 1000000 + i % 2 * 1000);
		free(block);
	}
}

static void
hold_all(void)
{
	hold_small();
	hold_large();
	hold_aligned();
	hold_zeroed();
	hold_grown();
}

NOINLINE void *
churn_thread(void *arg)
{
	churn(SMALL);
	return arg;
}

/* THREADS times SMALL blocks, each freed by the thread that allocated it */
static void
run_threads(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, churn_thread, NULL) != 0)
			exit(2);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static atomic_bool is_over;

static void *
churn_until_over(void *arg)
{
	while (!is_over)
		churn(1000);
	return arg;
}

static void
wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		exit(3);
}

/*
 * A child that frees what its parent holds, and allocates; while other threads
 * take samples. Then many more children.
 */
static void
run_forks(void)
{
	pthread_t threads[THREADS];
	pid_t pid;

	hold_small();
	hold_large();
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 8; i++)
			free(kept[SMALL + i]);
		hold_zeroed();
		exit(0);
	}
	wait_for(pid);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, churn_until_over, NULL) !=
			0)
			exit(2);
	for (int i = 0; i < 20; i++) {
		pid = fork();
		if (pid == 0) {
			churn(1000);
			_exit(0);
		}
		wait_for(pid);
	}
	is_over = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static volatile sig_atomic_t signals;

/* In the middle of the heap's own functions, but forks only. */
static void
on_signal(int signal)
{
	pid_t pid;

	(void)signal;
	if (++signals % 16 != 0)
		return;
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	wait_for(pid);
}

/* Signals arrive during samples; their handlers fork. */
static void
run_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	timer_t timer;
	struct itimerspec often = { { 0, 200000 }, { 0, 200000 } };

	sigaction(SIGALRM, &action, NULL);
	if (timer_create(CLOCK_MONOTONIC, NULL, &timer) != 0)
		exit(2);
	timer_settime(timer, 0, &often, NULL);
	while (signals < 100)
		churn(1000);
	timer_delete(timer);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "hold") == 0)
		hold_all();
	else if (strcmp(what, "threads") == 0)
		run_threads();
	else if (strcmp(what, "fork") == 0)
		run_forks();
	else if (strcmp(what, "signals") == 0)
		run_signals();
	else if (strcmp(what, "churn") == 0)
		churn(4 * SMALL);
	else if (strcmp(what, "large") == 0)
		churn_large();
	else
		return 2;
	return 0;
}
