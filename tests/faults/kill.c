/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kill N DIRECTORY COMMAND [ARGUMENT]...: runs a program N times, kills it
 * (SIGKILL) at a random moment of its run, and checks that nothing is left: no
 * process, no file in the directory, no byte of its file system, no shared
 * memory. The directory is the root of a file system that nobody else uses. The
 * program has $FAULTS_PRELOAD as its LD_PRELOAD, and its pool in the directory.
 * KILL_SEED in the environment repeats the moments.
 */
#define _GNU_SOURCE
#include "config.h"

#include "conform/pattern.h"
#include "tests/faults/tracee.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Children of the program end by themselves, within this time. */
#define CHILDREN_MS 60000

static const char *directory;
static char *const *command;

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

_Noreturn static void
fail(const char *what)
{
	printf("FAILED: %s\n", what);
	exit(1);
}

static pid_t
start(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setpgid(0, 0);
	setenv("LD_PRELOAD", getenv("FAULTS_PRELOAD"), 1);
	execvp(command[0], command);
	_exit(126);
}

/* Waits for all processes that were left to us. */
static void
wait_for_children(void)
{
	uint64_t end = now_us() + (uint64_t)CHILDREN_MS * 1000;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) >= 0 ||
		errno == EINTR) {
		if (pid > 0 && WIFSIGNALED(status) &&
			WTERMSIG(status) != SIGKILL)
			fail("a child was terminated by a signal");
		if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 0)
			fail("a child has failed");
		if (now_us() > end) {
			tracee_end_children();
			fail("a process is left");
		}
		if (pid == 0)
			usleep(500);
	}
}

static unsigned int
count_files(void)
{
	DIR *dir = opendir(directory);
	unsigned int n = 0;

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

static unsigned long
free_blocks(void)
{
	struct statvfs fs;

	if (statvfs(directory, &fs) != 0)
		fail("statvfs");
	return fs.f_bfree;
}

/* Segments of System V; 0 in a name space of our own. */
static unsigned int
count_segments(void)
{
	FILE *file = fopen("/proc/sysvipc/shm", "re");
	unsigned int lines = 0;
	int c;

	while (file != NULL && (c = getc(file)) != EOF)
		lines += c == '\n';
	if (file != NULL)
		fclose(file);
	return lines;
}

int
main(int argc, char **argv)
{
	const char *seed = getenv("KILL_SEED");
	uint64_t random = seed != NULL ? strtoull(seed, NULL, 0) : now_us();
	unsigned int killed = 0, segments;
	unsigned long blocks;
	uint64_t span;
	int n = argc > 3 ? atoi(argv[1]) : 0;

	if (n == 0)
		return 2;
	directory = argv[2];
	command = argv + 3;
	printf("KILL_SEED=%llu\n", (unsigned long long)random);
	fflush(stdout);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	(void)!unshare(CLONE_NEWIPC);
	segments = count_segments();
	blocks = free_blocks();
	span = now_us();
	start();
	wait_for_children();
	span = now_us() - span;
	for (int i = 0; i < n; i++) {
		uint64_t before = now_us();
		pid_t pid = start();
		int status;

		usleep((useconds_t)(test_random(&random) % (span + 1)));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		killed += WIFSIGNALED(status);
		if (!WIFSIGNALED(status)) /* as long as a run takes now */
			span = (span + now_us() - before) / 2;
		wait_for_children();
		if (count_files() != 2)
			fail("a file is left in the directory");
		if (free_blocks() != blocks)
			fail("the file system is not empty");
		if (count_segments() != segments)
			fail("shared memory is left");
	}
	printf("killed %u of %d\n", killed, n);
	return 0;
}
