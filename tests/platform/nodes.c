/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks on which nodes the heap is, and the result when they are full:
 *
 * nodes placed MIB	touches this much, and prints how many MiB of the
 *			pool are on node 0 and on node 1, as the kernel
 *			counts them
 * nodes forked MIB	the same, but a fork comes in between, after which
 *			all is written to again, and more is used
 * nodes around MIB TEXT	the same before and after a command of the
 *			shell, which may change nothing in the heap, and
 *			again after twice as much has been touched; "full" if
 *			malloc failed before
 * nodes fill [later]	allocates until malloc fails, and prints how many
 *			MiB there were; touches each block at once, or all
 *			of them in the end
 * nodes held MIB	touches this much, prints the number of the process,
 *			and how many pages of the pool are on node 0 and on
 *			node 1, as numa_maps counts them, and the same as
 *			move_pages answers; then waits to be terminated
 */
#include "tests/preload/test.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#define BLOCK MIB
#define NODES 2
#define ASKED 4096 /* pages in one call of move_pages */

static char *blocks[1024];

static void
use(size_t first, size_t last)
{
	for (size_t i = first; i < last; i++) {
		blocks[i] = malloc(BLOCK);
		CHECK(blocks[i] != NULL);
		memset(blocks[i], 1, BLOCK);
	}
}

static void
use_and_fork(size_t mib)
{
	int status;
	pid_t pid;

	use(0, mib / 2);
	pid = fork();
	CHECK(pid >= 0);
	if (pid > 0) { /* the child goes on, and is what is looked at */
		CHECK(waitpid(pid, &status, 0) == pid);
		exit(status == 0 ? 0 : 1);
	}
	for (size_t i = 0; i < mib / 2; i++)
		memset(blocks[i], 2, BLOCK);
	use(mib / 2, mib);
}

static void
count_pages(size_t pages[NODES])
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	static char line[4096];
	FILE *file;

	file = fopen("/proc/self/numa_maps", "r");
	CHECK(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *at = (char *)strtoul(line, NULL, 16);

		if (at < (char *)host->pool_base ||
			at >= (char *)host->pool_base + host->pool_size)
			continue;
		for (size_t node = 0; node < NODES; node++) {
			char name[8];

			snprintf(name, sizeof(name), " N%zu=", node);
			at = strstr(line, name);
			if (at != NULL)
				pages[node] += strtoul(at + 4, NULL, 10);
		}
	}
	CHECK(fclose(file) == 0);
}

/* Without nodes to move pages to, the kernel answers where each page is. */
static void
ask_pages(size_t pages[NODES])
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	static int where[ASKED];
	static void *asked[ASKED];
	size_t all = host->pool_size / host->page_size;

	for (size_t first = 0; first < all; first += ASKED) {
		size_t n = all - first < ASKED ? all - first : ASKED;

		for (size_t i = 0; i < n; i++)
			asked[i] = (char *)host->pool_base +
				(first + i) * host->page_size;
		CHECK(syscall(SYS_move_pages, 0, n, asked, NULL, where, 0) ==
			0);
		for (size_t i = 0; i < n; i++)
			if (where[i] >= 0 && where[i] < NODES)
				pages[where[i]]++;
	}
}

static void
print_nodes(void)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	size_t pages[NODES] = { 0, 0 };

	count_pages(pages);
	printf("%zu %zu\n", pages[0] * host->page_size / MIB,
		pages[1] * host->page_size / MIB);
}

static void
hold(void)
{
	size_t counted[NODES] = { 0, 0 };
	size_t asked[NODES] = { 0, 0 };

	printf("%d ", (int)getpid());
	count_pages(counted);
	ask_pages(asked);
	printf("%zu %zu %zu %zu\n", counted[0], counted[1], asked[0], asked[1]);
	fflush(stdout);
	for (;;)
		pause();
}

static void
use_around(size_t mib, const char *command)
{
	size_t n = mib;

	use(0, mib);
	print_nodes();
	fflush(stdout);
	unsetenv("LD_PRELOAD");
	CHECK(system(command) == 0);
	for (size_t i = 0; i < mib; i++)
		for (size_t k = 0; k < BLOCK; k += 512)
			CHECK(blocks[i][k] == 1);
	print_nodes();
	while (n < 2 * mib && (blocks[n] = malloc(BLOCK)) != NULL)
		memset(blocks[n++], 1, BLOCK);
	CHECK(n == 2 * mib || errno == ENOMEM);
	print_nodes();
	if (n < 2 * mib)
		puts("full");
}

static void
fill(bool touches_later)
{
	char *first = NULL;
	char *block;
	size_t n = 0;

	while ((block = malloc(BLOCK)) != NULL) {
		if (!touches_later)
			memset(block, 1, BLOCK);
		*(char **)(void *)block = first;
		first = block;
		n++;
	}
	CHECK(errno == ENOMEM);
	for (; first != NULL; first = block) {
		block = *(char **)(void *)first;
		memset(first, 1, BLOCK);
	}
	printf("%zu\n", n);
}

int
main(int argc, char **argv)
{
	size_t mib;

	CHECK(argc > 1 && vmmalloc_host_get != NULL);
	mib = argc > 2 ? (size_t)atol(argv[2]) : 32;
	if (strcmp(argv[1], "placed") == 0) {
		use(0, mib);
		print_nodes();
	} else if (strcmp(argv[1], "forked") == 0) {
		use_and_fork(mib);
		print_nodes();
	} else if (strcmp(argv[1], "around") == 0) {
		use_around(mib, argv[3]);
	} else if (strcmp(argv[1], "held") == 0) {
		use(0, mib);
		hold();
	} else {
		fill(argc > 2);
	}
	return 0;
}
