/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A line of numbers about a heap on two nodes of memory, for the table that
 * tests/platform/nodes-guest.sh makes, all in MiB:
 *
 *	64 MiB that are allocated and touched: on node 0, on node 1
 *	the same in a child of fork that writes to all of it, and to 16 MiB more
 *	what is left of it after all has been freed and trimmed
 *	huge pages in it before that
 *	what malloc gives in all, until it fails with ENOMEM; 0: it never fails
 */
#include "tests/preload/test.h"

#include <malloc.h>
#include <sys/wait.h>
#include <time.h>

#define BLOCK MIB
#define N 64
#define MORE 16
#define MOST 4096 /* more than any pool here has */
#define LEFT 4	  /* MiB that may be left */

static char *blocks[N];
static char *more[MOST];

struct count {
	size_t node[2]; /* MiB */
	size_t huge;
};

/* Whether a line begins with an address in the pool. */
static bool
is_in_pool(const char *line)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	char *at = (char *)strtoul(line, NULL, 16);

	return at >= (char *)host->pool_base &&
		at < (char *)host->pool_base + host->pool_size;
}

static void
count_nodes(struct count *count)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	FILE *file = fopen("/proc/self/numa_maps", "r");
	static char line[4096];
	size_t pages[2] = { 0, 0 };

	CHECK(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		const char *near = strstr(line, " N0=");
		const char *far = strstr(line, " N1=");

		if (!is_in_pool(line))
			continue;
		pages[0] += near != NULL ? strtoul(near + 4, NULL, 10) : 0;
		pages[1] += far != NULL ? strtoul(far + 4, NULL, 10) : 0;
	}
	fclose(file);
	for (size_t i = 0; i < 2; i++)
		count->node[i] = pages[i] * host->page_size / MIB;
}

static void
count_huge(struct count *count)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	static char line[4096];
	bool is_ours = false;
	size_t kib = 0;

	CHECK(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		const char *colon = strchr(line, ':');

		/* 7f0000000000-7f0000001000 rw-p 00000000 00:00 0 */
		if (strspn(line, "0123456789abcdef") > 7)
			is_ours = is_in_pool(line);
		else if (is_ours && colon != NULL &&
			(strncmp(line, "AnonHugePages:", 14) == 0 ||
				strncmp(line, "ShmemPmdMapped:", 15) == 0))
			kib += strtoul(colon + 1, NULL, 10);
	}
	fclose(file);
	count->huge = kib / 1024;
}

static void
use(char **list, size_t n, int with)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == NULL)
			list[i] = malloc(BLOCK);
		CHECK(list[i] != NULL);
		memset(list[i], with, BLOCK);
	}
}

static void
release(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i]);
		list[i] = NULL;
	}
}

static void
look_at_child(void)
{
	struct count count;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		use(blocks, N, 2);
		use(more, MORE, 2);
		count_nodes(&count);
		printf(" %zu %zu", count.node[0], count.node[1]);
		fflush(stdout);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	for (size_t i = 0; i < N; i++)
		CHECK(blocks[i][0] == 1 && blocks[i][BLOCK - 1] == 1);
}

/* Up to a second, for backends that return memory after some time. */
static size_t
wait_for_return(void)
{
	const struct timespec pause = { 0, 100 * 1000 * 1000 };
	struct count count = { { 0, 0 }, 0 };

	for (int i = 0; i < 10; i++) {
		malloc_trim(0);
		count_nodes(&count);
		if (count.node[0] + count.node[1] <= LEFT)
			break;
		nanosleep(&pause, NULL);
	}
	return count.node[0] + count.node[1];
}

int
main(void)
{
	struct count count;
	size_t n = 0;

	CHECK(vmmalloc_host_get != NULL);
	use(blocks, N, 1);
	count_nodes(&count);
	count_huge(&count);
	printf("%zu %zu", count.node[0], count.node[1]);
	look_at_child();
	release(blocks, N);
	printf(" %zu %zu", wait_for_return(), count.huge);
	fflush(stdout);
	while (n < MOST && (more[n] = malloc(BLOCK)) != NULL) {
		memset(more[n], 1, BLOCK);
		n++;
	}
	CHECK(n == MOST || errno == ENOMEM);
	printf(" %zu\n", n < MOST ? n : 0);
	return 0;
}
