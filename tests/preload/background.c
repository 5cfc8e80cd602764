/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * With VMMALLOC_BACKGROUND=1 a program that sleeps returns free memory, by one
 * more thread, which is there only while there is something to return, also in
 * a forked child. It blocks all signals and does not keep the process from
 * ending. The heap works without it if it cannot be created, and there is no
 * such thread by default.
 */
#include "fork.h"
#include "parts.h"
#include "usage.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#define IS_GLIBC true
#else
#define IS_GLIBC false
#endif
#define TOTAL_BYTES (48 * MIB)
#define LEFT_BYTES (8 * MIB)
#define SIZE 900

static void
pause_ms(long ms)
{
	const struct timespec pause = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

/* The number of this process's threads; allocates nothing. */
static size_t
count_threads(void)
{
	return usage_status("Threads") >> 10;
}

static void
allocate_and_free(void)
{
	size_t n = TOTAL_BYTES / SIZE;
	char **blocks = malloc(n * sizeof(*blocks));

	CHECK(blocks != NULL);
	for (size_t i = 0; i < n; i++) {
		blocks[i] = malloc(SIZE);
		CHECK(blocks[i] != NULL);
		memset(blocks[i], 1, SIZE);
	}
	CHECK(usage_is_kept() || test_committed() > TOTAL_BYTES);
	for (size_t i = 0; i < n; i++)
		free(blocks[i]);
	free(blocks);
}

/* The program sleeps, and allocates nothing. */
static void
sleep_until_returned(void)
{
	size_t before = test_committed();

	for (int i = 0; i < 200 && count_threads() > 1; i++)
		pause_ms(50);
	CHECK(count_threads() == 1);
	CHECK(usage_is_kept() ||
		test_committed() + TOTAL_BYTES - LEFT_BYTES < before);
}

static void
returns(void)
{
	allocate_and_free();
	CHECK(count_threads() == 2);
	sleep_until_returned();
	if (usage_is_kept()) /* nothing has to be returned again */
		return;
	allocate_and_free();
	CHECK(count_threads() == 2);
	sleep_until_returned();
}

static void
in_child(void)
{
	pid_t pid;

	usage_skip_if_kept();
	allocate_and_free();
	CHECK(count_threads() == 2);
	pid = fork_checked();
	if (pid == 0) {
		CHECK(count_threads() == 1);
		allocate_and_free();
		CHECK(count_threads() == 2);
		sleep_until_returned();
		exit(0);
	}
	wait_checked(pid);
}

static void
signals_are_blocked(void)
{
	struct dirent *entry;
	char path[300], text[4096];
	const char *at;
	DIR *dir;
	ssize_t n;
	int fd;

	allocate_and_free();
	dir = opendir("/proc/self/task");
	CHECK(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/status",
			entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		CHECK(n > 0);
		close(fd);
		text[n] = '\0';
		at = strstr(text, "SigBlk:\t");
		CHECK(at != NULL);
		/* all but KILL, STOP and the C library's own */
		CHECK((strtoull(at + 8, NULL, 16) | 0x380040100) ==
			0xffffffffffffffff);
	}
	closedir(dir);
}

static void
thread_may_outlive_main(void)
{
	pid_t pid;

	if (!IS_GLIBC)
		test_skip("the first thread of a forked child keeps a lock of "
			  "musl's when it ends");
	pid = fork_checked();
	if (pid == 0) {
		alarm(20);
		allocate_and_free();
		CHECK(count_threads() == 2);
		pthread_exit(NULL);
	}
	wait_checked(pid);
}

/* No address space is left for the thread's stack. */
static void
works_without(void)
{
	struct rlimit limit;

	limit.rlim_cur = limit.rlim_max = usage_status("VmSize") + MIB / 8;
	CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
	allocate_and_free();
	CHECK(count_threads() == 1);
}

static void
none_by_default(void)
{
	const char *arguments[] = { "background", "default", NULL };
	pid_t pid = fork_checked();

	if (pid == 0) {
		unsetenv("VMMALLOC_BACKGROUND");
		execv("/proc/self/exe", (char **)(uintptr_t)arguments);
		_exit(1);
	}
	wait_checked(pid);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "returns", returns, NULL },
		{ "in-child", in_child, NULL },
		{ "signals-are-blocked", signals_are_blocked, NULL },
		{ "thread-may-outlive-main", thread_may_outlive_main, NULL },
		{ "works-without", works_without, NULL },
		{ "none-by-default", none_by_default, NULL },
	};

	if (argc == 2 && strcmp(argv[1], "default") == 0) {
		allocate_and_free();
		CHECK(count_threads() == 1);
		return 0;
	}
	if (getenv("VMMALLOC_BACKGROUND") == NULL)
		test_skip("runs with VMMALLOC_BACKGROUND=1 only");
	return PARTS_RUN(argc, argv, parts);
}
