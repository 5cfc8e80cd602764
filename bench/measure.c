/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a command and writes one line to file descriptor FD: the exit status
 * (128 + the signal), wall, user and system time in seconds, the largest
 * resident set of one of its processes in KiB, minor and major faults.
 *
 *	measure FD WARM_MIB [NAME=VALUE]... COMMAND [ARGUMENT]...
 *
 * The variables are set for the command only. This is a small program of its
 * own because on exec Linux carries the resident set of the calling process
 * over as the first peak of the new program (exec_mmap, since 2.6.32): started
 * from Python, no program would have a lower peak than Python. On Linux the
 * peak includes mapped shared pages, such as those of a pool.
 *
 * Before it runs the command it touches and frees WARM_MIB MiB of huge pages:
 * the host of a virtual machine reclaims free ones after two seconds (free page
 * reporting), and then they cost fifty times as much.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define PASSES_MAX 5

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

/* The time to touch this many bytes, which are then freed, in seconds. */
static double
touch_huge_pages(size_t size)
{
	double start = now();
	double took;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return 0;
#ifdef MADV_HUGEPAGE
	if (madvise(p, size, MADV_HUGEPAGE) == 0)
		for (size_t i = 0; i < size; i += HUGE_PAGE / 2)
			p[i] = 1;
#endif
	took = now() - start;
	munmap(p, size);
	return took;
}

/* Repeats it until it no longer gets faster. */
static void
warm_up(size_t size)
{
	double before, took = touch_huge_pages(size);

	for (int i = 0; i < PASSES_MAX; i++) {
		before = took;
		took = touch_huge_pages(size);
		if (took > before * 0.8)
			break;
	}
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
	double start, wall;
	int status;
	pid_t child;
	size_t warm;
	int fd;

	if (argc < 4)
		return 2;
	fd = atoi(argv[1]);
	warm = (size_t)atol(argv[2]) << 20;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		perror("measure: FD");
		return 2;
	}
	/* Warm up in a child, so that this process stays small. */
	child = warm > 0 ? fork() : -1;
	if (child == 0) {
		warm_up(warm);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, &status, 0);
	start = now();
	child = fork();
	if (child == 0)
		run(argv + 3);
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
