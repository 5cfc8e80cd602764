/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measures the time that libvmmalloc adds to the start of a process:
 *
 *	startup_cost RUNS COMMAND NAME=VALUE...
 *
 * starts COMMAND, which takes no arguments, alternately with an empty
 * environment and with the given one, and prints four numbers for each of wall
 * time, processor time (both in ms) and page faults: the median without the
 * environment, the median with it, the median of the differences, and the
 * difference of the minima.
 */
#include "config.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { WALL, CPU, FAULTS, MEASURES };

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
ms(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static void
run(char *command, char **environment, double *result)
{
	char *argv[] = { command, NULL };
	double start = now_ms();
	struct rusage usage;
	int status;
	pid_t pid;

	if (posix_spawn(&pid, command, NULL, NULL, argv, environment) != 0 ||
		wait4(pid, &status, 0, &usage) != pid || status != 0) {
		fprintf(stderr, "startup_cost: %s failed\n", command);
		exit(1);
	}
	result[WALL] = now_ms() - start;
	result[CPU] = ms(&usage.ru_utime) + ms(&usage.ru_stime);
	result[FAULTS] = (double)usage.ru_minflt;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(double (*plain)[MEASURES], double (*with)[MEASURES], int runs,
	int measure, double *sorted[3])
{
	for (int i = 0; i < runs; i++) {
		sorted[0][i] = plain[i][measure];
		sorted[1][i] = with[i][measure];
		sorted[2][i] = with[i][measure] - plain[i][measure];
	}
	for (int k = 0; k < 3; k++) {
		qsort(sorted[k], (size_t)runs, sizeof(double), compare);
		printf("%.2f ", sorted[k][runs / 2]);
	}
	printf("%.2f%c", sorted[1][0] - sorted[0][0],
		measure == MEASURES - 1 ? '\n' : ' ');
}

int
main(int argc, char **argv)
{
	char *nothing[] = { NULL };
	double(*plain)[MEASURES], (*with)[MEASURES];
	double *sorted[3];
	int runs;

	if (argc < 3 || (runs = atoi(argv[1])) < 1) {
		fprintf(stderr,
			"usage: startup_cost RUNS COMMAND NAME=VALUE...\n");
		return 2;
	}
	plain = calloc((size_t)runs, sizeof(*plain));
	with = calloc((size_t)runs, sizeof(*with));
	for (int k = 0; k < 3; k++)
		sorted[k] = calloc((size_t)runs, sizeof(double));
	for (int i = 0; i < runs; i++) {
		run(argv[2], nothing, plain[i]);
		run(argv[2], argv + 3, with[i]);
	}
	for (int m = 0; m < MEASURES; m++)
		print(plain, with, runs, m, sorted);
	return 0;
}
