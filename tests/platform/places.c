/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A heap in two places, of which the first has NEAR MiB:
 *
 * places NEAR fill BYTES	allocates blocks of this size until malloc
 *				fails, and prints how many MiB are near, and far
 * places NEAR use BYTES MIB	the same for this many MiB
 * places NEAR again		what is freed near is used near again
 * places NEAR fork		parent and child have a heap each
 * places NEAR grow FILE	fill, before and after the file is removed
 */
#include "tests/preload/test.h"

#include <sys/wait.h>

#define BLOCK ((size_t)1 << 18)
#define N 4096

static size_t near_bytes;
static char *blocks[N];

static bool
is_near(const char *block)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();

	return (size_t)(block - (char *)host->pool_base) < near_bytes;
}

static void
use(size_t bytes, size_t most)
{
	size_t near = 0, far = 0;

	while (near + far < most) {
		char *block = malloc(bytes);

		if (block == NULL)
			break;
		memset(block, 1, bytes);
		if (is_near(block))
			near += bytes;
		else
			far += bytes;
	}
	CHECK(most != SIZE_MAX || errno == ENOMEM);
	printf("%zu %zu\n", near / MIB, far / MIB);
}

/* With the file goes what keeps the file system full. */
static void
grow(const char *file)
{
	use(BLOCK, SIZE_MAX);
	CHECK(unlink(file) == 0);
	use(BLOCK, SIZE_MAX);
}

/* Fills the heap; every block has its number in it. */
static size_t
fill(size_t most)
{
	size_t n = 0;

	while (n < most && (blocks[n] = malloc(BLOCK)) != NULL) {
		memset(blocks[n], (int)n, BLOCK);
		n++;
	}
	return n;
}

static bool
holds(size_t i, int value)
{
	const char *p = blocks[i];

	return p[0] == (char)value && memcmp(p, p + 1, BLOCK - 1) == 0;
}

static void
again(void)
{
	size_t n = fill(N);
	size_t freed = 0, back = 0;

	CHECK(n < N);
	for (size_t i = 0; i < n; i++) {
		if (!is_near(blocks[i]))
			continue;
		free(blocks[i]);
		blocks[i] = NULL;
		freed++;
	}
	CHECK(freed > 0 && freed < n);
	for (size_t i = 0; i < freed; i++) {
		char *block = malloc(BLOCK);

		CHECK(block != NULL);
		memset(block, 0, BLOCK);
		back += is_near(block);
	}
	CHECK(back >= freed - freed / 8);
	for (size_t i = 0; i < n; i++)
		CHECK(blocks[i] == NULL || holds(i, (int)i));
}

static void
change(size_t n, int by)
{
	for (size_t i = 0; i < n; i++) {
		CHECK(holds(i, (int)i));
		memset(blocks[i], (int)i + by, BLOCK);
	}
	for (size_t i = 0; i < n; i += 2) {
		free(blocks[i]);
		blocks[i] = malloc(BLOCK);
		CHECK(blocks[i] != NULL);
		memset(blocks[i], (int)i + by, BLOCK);
	}
}

/* Half of the heap is used, so that a copy has room. */
static void
fork_it(void)
{
	size_t n = 0;
	int status;
	pid_t pid;

	do
		n = fill(n + 8);
	while (is_near(blocks[n - 1]));
	CHECK(is_near(blocks[0]));
	for (int i = 0; i < 2; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			change(n, 100);
			for (size_t k = 0; k < n; k++)
				CHECK(holds(k, (int)k + 100));
			_exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
		for (size_t k = 0; k < n; k++)
			CHECK(holds(k, (int)k));
		change(n, 0);
	}
}

int
main(int argc, char **argv)
{
	CHECK(argc > 2 && vmmalloc_host_get != NULL);
	near_bytes = (size_t)atol(argv[1]) * MIB;
	if (strcmp(argv[2], "fill") == 0)
		use((size_t)atol(argv[3]), SIZE_MAX);
	else if (strcmp(argv[2], "use") == 0)
		use((size_t)atol(argv[3]), (size_t)atol(argv[4]) * MIB);
	else if (strcmp(argv[2], "again") == 0)
		again();
	else if (strcmp(argv[2], "grow") == 0)
		grow(argv[3]);
	else
		fork_it();
	return 0;
}
