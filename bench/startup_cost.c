/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libvmmalloc adds to the start of a process:
 *
 *	startup_cost COMMAND NAME=VALUE...
 *
 * starts COMMAND, which takes no arguments, in turns with an empty environment
 * and with the one given, and prints the medians of both times and of their
 * difference, in ms.
 */
#include "config.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define RUNS 201

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
run_ms(char *command, char **environment)
{
	char *argv[] = { command, NULL };
	double start = now_ms();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, command, NULL, NULL, argv, environment) != 0 ||
		waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "startup_cost: %s failed\n", command);
		exit(1);
	}
	return now_ms() - start;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static double plain[RUNS], with[RUNS], extra[RUNS];
	char *nothing[] = { NULL };

	if (argc < 2) {
		fprintf(stderr, "usage: startup_cost COMMAND NAME=VALUE...\n");
		return 2;
	}
	for (int i = 0; i < RUNS; i++) {
		plain[i] = run_ms(argv[1], nothing);
		with[i] = run_ms(argv[1], argv + 2);
		extra[i] = with[i] - plain[i];
	}
	qsort(plain, RUNS, sizeof(double), compare);
	qsort(with, RUNS, sizeof(double), compare);
	qsort(extra, RUNS, sizeof(double), compare);
	printf("%.2f %.2f %.2f\n", plain[RUNS / 2], with[RUNS / 2],
		extra[RUNS / 2]);
	return 0;
}
