/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks on which nodes the heap is, and the result when they are full:
 *
 * nodes placed MIB	touches this much, and prints how many MiB of the pool
 *			are on node 0 and on node 1, as the kernel counts them
 * nodes fill [later]	allocates until malloc fails, and prints how many MiB
 *			there were; touches each block at once, or all of them
 *			in the end
 */
#include "tests/preload/test.h"

#define BLOCK MIB
#define NODES 2

static void
placed(size_t mib)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	size_t pages[NODES] = { 0, 0 };
	static char line[4096];
	FILE *file;

	for (size_t i = 0; i < mib; i++)
		memset(malloc(BLOCK), 1, BLOCK);
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
	printf("%zu %zu\n", pages[0] * host->page_size / MIB,
		pages[1] * host->page_size / MIB);
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
	CHECK(argc > 1 && vmmalloc_host_get != NULL);
	if (strcmp(argv[1], "placed") == 0)
		placed(argc > 2 ? (size_t)atol(argv[2]) : 32);
	else
		fill(argc > 2);
	return 0;
}
