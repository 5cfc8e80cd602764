/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file system of a running program fills up: allocations fail with ENOMEM,
 * none raises SIGBUS, and they succeed once there is room again. Runs on a file
 * system of its own that is larger than the pool.
 */
#include "test.h"

struct block {
	struct block *next;
	unsigned char body[];
};

static const size_t sizes[] = { 100, 5000, 70000, MIB };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* Allocates until that fails; returns how many bytes. */
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
	size_t when_full = 0;
	size_t with_room;

	CHECK(vmmalloc_host_get != NULL);
	test_take_all_room();
	for (size_t i = 0; i < SIZES; i++)
		when_full += allocate_all(&lists[i], sizes[i]);
	test_give_room_back();
	for (size_t i = 0; i < SIZES; i++)
		free_all(&lists[i], sizes[i]);

	with_room = allocate_all(&lists[3], sizes[3]);
	CHECK(with_room >= when_full + 8 * MIB);
	test_take_all_room(); /* committed memory stays usable */
	free_all(&lists[3], sizes[3]);
	for (size_t i = 0; i < SIZES; i++) {
		allocate_all(&lists[i], sizes[i]);
		free_all(&lists[i], sizes[i]);
	}
	test_give_room_back();
	return 0;
}
