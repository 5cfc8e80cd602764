/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program for memcheck: memchecked WORD makes the mistake of that name, or
 * none, while it uses the heap in all ways.
 */
#include "tests/preload/platform.h"
#include "tests/preload/test.h"

#include <sys/wait.h>

static int count;

/* A branch on the byte: memcheck reports it if the byte was never written. */
static void
look_at(const char *p)
{
	if (*(const volatile char *)p == 42)
		count++;
}

static void *
hide(void *p)
{
	void *volatile same = p;

	CHECK(p != NULL);
	return same;
}

/* Blocks of all kinds, used correctly. */
static void
use_heap(void)
{
	enum { BLOCKS = 300 };
	static char *blocks[BLOCKS];
	static size_t sizes[BLOCKS];
	uint64_t state = 7;

	for (unsigned int i = 0; i < 1500; i++) {
		unsigned int k = test_random(&state) % BLOCKS;
		size_t size = test_random_size(
			&state, i % 100 == 0 ? MIB : (size_t)4000);

		if (blocks[k] != NULL)
			CHECK(test_is_filled(blocks[k], sizes[k], k));
		switch (test_random(&state) % 4) {
		case 0:
			blocks[k] = realloc(blocks[k], size);
			break;
		case 1:
			free(blocks[k]);
			blocks[k] = memalign(64, size);
			break;
		case 2:
			free(blocks[k]);
			blocks[k] = calloc(1, size);
			CHECK(test_is_zero(blocks[k], size));
			break;
		default:
			free(blocks[k]);
			blocks[k] = malloc(size);
		}
		CHECK(blocks[k] != NULL);
		CHECK(malloc_usable_size(blocks[k]) >= size);
		test_fill(blocks[k], size, k);
		sizes[k] = size;
	}
	for (unsigned int k = 0; k < BLOCKS; k++) {
		free(blocks[k]);
		blocks[k] = NULL;
	}
	malloc_trim(0);
}

static void
make_mistake(const char *what)
{
	char *p = hide(malloc(100));

	CHECK(test_is_in_pool(p));
	memset(p, 1, 50);
	if (strcmp(what, "use-after-free") == 0) {
		free(p);
		look_at(p + 10);
		return;
	}
	if (strcmp(what, "overflow") == 0)
		look_at(p + test_opaque(100));
	if (strcmp(what, "underflow") == 0)
		look_at((char *)hide(p - 1));
	if (strcmp(what, "uninitialised") == 0)
		look_at(p + 60);
	if (strcmp(what, "leak") == 0)
		p = hide(malloc(10)); /* the block of 100 bytes is lost */
	free(p);
}

int
main(int argc, char **argv)
{
	int status;
	pid_t pid;

	CHECK(argc == 2);
	use_heap();
	pid = fork();
	if (pid == 0) {
		use_heap();
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	use_heap();
	make_mistake(argv[1]);
	return count != 0 && count == 43; /* count is used */
}
