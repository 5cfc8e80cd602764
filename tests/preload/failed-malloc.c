/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An allocation that fails because the file system is too small leaves the file
 * system as it was, so that others can use it: however much too large the
 * request is, whichever function makes it, and however often it is repeated.
 * Runs on a file system of its own.
 */
#include "platform.h"
#include "test.h"

#include <sys/statvfs.h>

#define ROOM (26 * MIB)
#define TRIES 4
/* An allocator may commit this for itself before it finds that it must fail. */
#define SLACK (4 * MIB)

static size_t
free_bytes(void)
{
	struct statvfs fs;

	CHECK(statvfs(getenv("VMMALLOC_POOL_DIR"), &fs) == 0);
	return (size_t)fs.f_bavail * fs.f_frsize;
}

static void *
attempt(unsigned int how, size_t size)
{
	void *p = NULL;

	errno = 0;
	switch (how) {
	case 0:
		p = malloc(size);
		break;
	case 1:
		p = calloc(1, size);
		break;
	case 2:
		p = aligned_alloc(2 * MIB, size);
		break;
	default:
		p = malloc(MIB);
		CHECK(p != NULL);
		test_fill(p, MIB, 3);
		CHECK(realloc(p, size) == NULL);
		CHECK(errno == ENOMEM);
		CHECK(test_is_filled(p, MIB, 3));
		free(p);
		return NULL;
	}
	CHECK(p != NULL || errno == ENOMEM);
	return p;
}

int
main(void)
{
	size_t all, before;

	CHECK(vmmalloc_host_get != NULL);
	free(malloc(2 * MIB));
	all = free_bytes();
	CHECK(all > ROOM);
	test_take_room(all - ROOM);
	malloc_trim(0);
	before = free_bytes();
	CHECK(before >= ROOM / 2 && before <= ROOM + SLACK);
	for (unsigned int k = 0; k < TRIES; k++)
		for (unsigned int how = 0; how < 4; how++)
			for (size_t size = before + SLACK; size < 60 * MIB;
				size += 5 * MIB) {
				CHECK(attempt(how, size) == NULL);
				CHECK(free_bytes() + SLACK >= before);
			}
	/* what fits can still be allocated */
	CHECK(malloc(before / 4) != NULL);
	test_give_room_back();
	CHECK(malloc(before) != NULL);
	return 0;
}
