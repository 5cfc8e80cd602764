/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program to record: makes known calls, as its argument says. The sizes are
 * ones that the C library does not allocate.
 */
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCKS 3000

static void *blocks[BLOCKS];

static void *
allocate(void *arg)
{
	for (int i = 0; i < BLOCKS; i++)
		blocks[i] = malloc(5003);
	return arg;
}

static void *
release(void *arg)
{
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
	return arg;
}

/*
 * malloc of 5003 bytes 3000 times, freed; calloc of 7 times 1001 bytes,
 * realloc to 70001 and to 5 bytes, freed; 99 blocks aligned to 256, of which
 * 33 are freed; one failure.
 */
static void
make_calls(void)
{
	char *block;

	allocate(NULL);
	release(NULL);
	block = calloc(7, 1001);
	block = realloc(block, 70001);
	block = realloc(block, 5);
	free(block);
	for (int i = 0; i < 99; i++) {
		block = memalign(256, 6007);
		if (i % 3 == 0)
			free(block);
	}
	if (malloc(SIZE_MAX / 4) != NULL)
		exit(1);
}

static void
run(void *(*start)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, start, NULL) != 0)
		exit(1);
	pthread_join(thread, NULL);
}

/* A thread frees what another has allocated, twice. */
static void
make_threads(void)
{
	for (int i = 0; i < 2; i++) {
		run(allocate);
		run(release);
	}
}

/* A block, a pause of 0.3 s, and its end. */
static void
make_pause(void)
{
	void *block = malloc(5003);

	usleep(300000);
	free(block);
}

/* This many blocks, of which ten are live at a time. */
static void
make_many(long n)
{
	void *live[10] = { NULL };

	for (long i = 0; i < n; i++) {
		free(live[i % 10]);
		live[i % 10] = malloc((size_t)(i % 5003));
	}
}

/* Allocates for ever, and says so once many chunks must be full. */
static void
never_end(void)
{
	for (long i = 0;; i++) {
		free(malloc(5003));
		if (i == 200000 && write(STDOUT_FILENO, ".", 1) < 0)
			exit(1);
	}
}

/* Allocates for ever, and counts how often in the file. */
static void *
count_calls(void *count)
{
	for (;;) {
		free(malloc(5003));
		__atomic_add_fetch((uint64_t *)count, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Three threads do so, each with a number of 8 bytes in the file. */
static void
count_for_ever(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	pthread_t thread;
	uint64_t *counts;

	if (ftruncate(fd, 3 * sizeof(*counts)) != 0)
		exit(1);
	counts = mmap(NULL, 3 * sizeof(*counts), PROT_READ | PROT_WRITE,
		MAP_SHARED, fd, 0);
	if (counts == MAP_FAILED ||
		pthread_create(&thread, NULL, count_calls, &counts[1]) != 0 ||
		pthread_create(&thread, NULL, count_calls, &counts[2]) != 0)
		exit(1);
	count_calls(counts);
}

static int
fork_child(void)
{
	int status = 1;
	pid_t child;

	allocate(NULL);
	child = fork();
	if (child == 0) {
		release(NULL);
		for (int i = 0; i < 100; i++)
			free(malloc(8009));
		exit(0);
	}
	waitpid(child, &status, 0);
	release(NULL);
	return status;
}

int
main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";

	/* if the test that should kill it is gone */
	alarm(300);
	if (strcmp(what, "calls") == 0)
		make_calls();
	else if (strcmp(what, "threads") == 0)
		make_threads();
	else if (strcmp(what, "many") == 0 && argc > 2)
		make_many(atol(argv[2]));
	else if (strcmp(what, "pause") == 0)
		make_pause();
	else if (strcmp(what, "for-ever") == 0)
		never_end();
	else if (strcmp(what, "count") == 0 && argc > 2)
		count_for_ever(argv[2]);
	else if (strcmp(what, "fork") == 0)
		return fork_child();
	else if (strcmp(what, "exec") == 0)
		execl(argv[0], argv[0], "calls", (char *)NULL);
	else
		return 2;
	return 0;
}
