/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shows how far a preloaded allocator serves a program; run by bench/preloads:
 *
 * preloads names	how many functions of the malloc family it replaces,
 *			and which not
 * preloads blocks	how many of 400 blocks of 1 MB there are, and in how
 *			many of them a child's writes reach its parent
 * preloads threads	children of a process with threads that allocate
 */
#include "config.h"

#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCKS 400
#define BYTES 1000000
#define CHILDREN 100
#define N(a) (sizeof(a) / sizeof((a)[0]))

static const char *const names[] = { "malloc", "calloc", "realloc", "free",
	"posix_memalign", "aligned_alloc", "memalign", "valloc", "pvalloc",
	"malloc_usable_size", "mallinfo2", "malloc_info", "malloc_trim",
	"mallopt" };

static bool
is_replaced(const char *name)
{
	Dl_info info;
	void *address = dlsym(RTLD_DEFAULT, name);

	return address != NULL && dladdr(address, &info) != 0 &&
		strstr(info.dli_fname, "/libc.so") == NULL;
}

static void
check_names(void)
{
	size_t n = 0;

	for (size_t i = 0; i < N(names); i++)
		n += is_replaced(names[i]);
	printf("%zu of %zu; not", n, N(names));
	for (size_t i = 0; i < N(names); i++)
		if (!is_replaced(names[i]))
			printf(" %s", names[i]);
	putchar('\n');
}

static void
check_blocks(void)
{
	static char *block[BLOCKS];
	size_t n = 0, changed = 0;
	int status = -1;
	pid_t pid;

	while (n < BLOCKS && (block[n] = malloc(BYTES)) != NULL)
		memset(block[n++], 1, BYTES);
	pid = fork();
	if (pid == 0) {
		for (size_t i = 0; i < n; i++)
			memset(block[i], 2, BYTES);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	for (size_t i = 0; i < n; i++)
		changed += block[i][BYTES / 2] != 1;
	dprintf(1, "%zu of %d, a child's writes are seen in %zu", n, BLOCKS,
		changed);
	printf(status == 0 ? ", stdio works\n" : ", the child failed\n");
}

static void
use(void)
{
	static const size_t sizes[] = { 10, 100, 1000, 10000, 100000 };

	for (size_t i = 0; i < N(sizes); i++) {
		char *volatile p = malloc(sizes[i]);

		if (p != NULL)
			p[0] = 1;
		free(p);
	}
}

static void *
use_always(void *arg)
{
	for (;;)
		use();
	return arg;
}

static void
check_threads(void)
{
	pthread_t thread;
	int good = 0, bad = 0, signal = 0;

	for (int i = 0; i < 3; i++)
		if (pthread_create(&thread, NULL, use_always, NULL) != 0)
			exit(1);
	for (int i = 0; i < CHILDREN; i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0) {
			alarm(20); /* a lock that is held forever */
			for (int k = 0; k < 100; k++)
				use();
			_exit(0);
		}
		if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0) {
			good++;
			continue;
		}
		signal = WTERMSIG(status);
		if (++bad == 5)
			break;
	}
	printf("%d children good, %d bad", good, bad);
	if (bad > 0)
		printf(" (signal %d)", signal);
	putchar('\n');
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "names") == 0)
		check_names();
	else if (strcmp(what, "blocks") == 0)
		check_blocks();
	else
		check_threads();
	return 0;
}
