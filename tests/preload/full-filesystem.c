/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file system fills up under a running program: allocations fail with
 * ENOMEM, none ends in SIGBUS, and work goes on once there is room again.
 * Runs on a file system of its own that is larger than the pool.
 */
#include "test.h"

#include <fcntl.h>

struct block {
	struct block *next;
	unsigned char body[];
};

static const size_t sizes[] = { 100, 5000, 70000, MIB };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* Writes until there is no room left for a byte. */
static void
take_all_room(const char *path)
{
	static char zeroes[1 << 16];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t chunk = sizeof(zeroes);

	CHECK(fd >= 0);
	while (chunk > 0) {
		ssize_t n = write(fd, zeroes, chunk);

		CHECK(n >= 0 || errno == ENOSPC);
		if (n <= 0)
			chunk /= 2;
	}
	/* a file system may only notice here what it cannot store */
	(void)!fsync(fd);
	close(fd);
}

/* Allocates until that fails; how many bytes. */
static size_t
allocate_all(struct block **list, size_t size)
{
	size_t total = 0;

	for (;;) {
		struct block *b;

		errno = 0;
		b = total / size % 2 == 0 ? malloc(size) : calloc(1, size);
		if (b == NULL)
			break;
		test_fill(b->body, size - sizeof(*b), 1);
		b->next = *list;
		*list = b;
		total += size;
	}
	CHECK(errno == ENOMEM);
	return total;
}

static void
free_all(struct block **list, size_t size)
{
	while (*list != NULL) {
		struct block *b = *list;

		CHECK(test_is_filled(b->body, size - sizeof(*b), 1));
		*list = b->next;
		free(b);
	}
}

int
main(void)
{
	struct block *lists[SIZES] = { NULL };
	char path[4096];
	size_t when_full = 0;
	size_t with_room;

	CHECK(vmmalloc_host_get != NULL);
	snprintf(path, sizeof(path), "%s/ballast", getenv("VMMALLOC_POOL_DIR"));
	take_all_room(path);
	for (size_t i = 0; i < SIZES; i++)
		when_full += allocate_all(&lists[i], sizes[i]);
	CHECK(unlink(path) == 0);
	for (size_t i = 0; i < SIZES; i++)
		free_all(&lists[i], sizes[i]);

	with_room = allocate_all(&lists[3], sizes[3]);
	CHECK(with_room >= when_full + 8 * MIB);
	take_all_room(path); /* what is committed stays usable */
	free_all(&lists[3], sizes[3]);
	for (size_t i = 0; i < SIZES; i++) {
		allocate_all(&lists[i], sizes[i]);
		free_all(&lists[i], sizes[i]);
	}
	CHECK(unlink(path) == 0);
	return 0;
}
