/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a command and writes what it took to file descriptor FD, in one line:
 * exit status (128 + the signal), wall, user and system time in seconds, the
 * largest resident set of one of its processes in KiB, minor and major faults.
 *
 *	measure FD [NAME=VALUE]... COMMAND [ARGUMENT]...
 *
 * The variables are set for the command only. A program of its own, and a
 * small one: Linux hands the resident set of the process that calls exec on as
 * the first peak of the program that it becomes (exec_mmap, since 2.6.32), so
 * that under a runner in Python nothing would ever have less than Python.
 * On Linux the peak counts shared pages, a pool's among them, that are mapped.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

_Noreturn static void
run(char **argv)
{
	for (; *argv != NULL && strchr(*argv, '=') != NULL; argv++)
		putenv(*argv);
	if (*argv != NULL)
		execvp(*argv, argv);
	fprintf(stderr, "measure: %s: %s\n",
		*argv != NULL ? *argv : "no command", strerror(errno));
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct rusage usage;
	double start = now();
	double wall;
	int status;
	pid_t child;
	int fd;

	if (argc < 3)
		return 2;
	fd = atoi(argv[1]);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		perror("measure: FD");
		return 2;
	}
	child = fork();
	if (child == 0)
		run(argv + 2);
	if (child < 0 || wait4(child, &status, 0, &usage) != child) {
		perror("measure");
		return 1;
	}
	wall = now() - start;
	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				     : WEXITSTATUS(status);
	dprintf(fd, "%d %.6f %.6f %.6f %ld %ld %ld\n", status, wall,
		seconds(&usage.ru_utime), seconds(&usage.ru_stime),
		usage.ru_maxrss, usage.ru_minflt, usage.ru_majflt);
	return 0;
}
