/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork while other threads allocate: the child gets a working heap with its
 * parent's data, and neither side hangs. Run under LD_PRELOAD.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma weak vmmalloc_host_get

#define FORKS 60
#define THREADS 4
#define HANG_SECONDS 60

static bool is_over;

/* Allocates sizes for every level of an allocator. */
static bool
exercise(unsigned int *seed, int n)
{
	for (int i = 0; i < n; i++) {
		size_t size = (size_t)1 << rand_r(seed) % 21;
		char *ptr = malloc(size);
		char *other = calloc(3, 40000);

		if (ptr == NULL || other == NULL)
			return false;
		memset(ptr, 1, size);
		ptr = realloc(ptr, size * 2);
		free(other);
		free(ptr);
	}
	return true;
}

static void *
churn(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED))
		if (!exercise(&seed, 10))
			_exit(3);
	return NULL;
}

static int
child(const char *data, unsigned int seed)
{
	alarm(HANG_SECONDS);
	if (data[0] != 'd' || data[99999] != 'd')
		return 1;
	return exercise(&seed, 20) ? 0 : 2;
}

int
main(void)
{
	pthread_t threads[THREADS];
	char *data;

	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	data = malloc(100000);
	memset(data, 'd', 100000);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, churn, (void *)i);
	for (unsigned int i = 0; i < FORKS; i++) {
		int status = 0;
		pid_t pid;

		alarm(HANG_SECONDS);
		pid = fork();
		if (pid == 0)
			_exit(child(data, i));
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
			fprintf(stderr, "fork %u: status %#x\n", i,
				(unsigned int)status);
			_exit(1);
		}
	}
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	free(data);
	return 0;
}
