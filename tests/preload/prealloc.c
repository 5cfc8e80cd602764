/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VMMALLOC_PREALLOC=1: all of the pool is backed with memory when the program
 * starts, and stays so, whatever is freed and however long it is unused.
 */
#include "platform.h"
#include "test.h"

#include <sys/stat.h>
#include <time.h>

/* Backing memory of the pool's file. */
static size_t
storage(size_t pool_size)
{
	for (int fd = 0; fd < 2000; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
			st.st_nlink == 0 && (size_t)st.st_size == pool_size)
			return (size_t)st.st_blocks * 512;
	}
	return 0;
}

int
main(void)
{
	struct timespec pause = { .tv_nsec = 60000000 };
	size_t pool_size;

	CHECK(vmmalloc_host_get != NULL);
	pool_size = vmmalloc_host_get()->pool_size;
	CHECK(test_committed() == pool_size);
	CHECK(storage(pool_size) >= pool_size);
	/* longer than the epoch after which idle memory would be released */
	for (unsigned int i = 0; i < 12; i++) {
		void *p = malloc(4 * MIB + i * 4096);
		void *zeroed = calloc(1, 4 * MIB);

		CHECK(p != NULL && zeroed != NULL);
		CHECK(test_is_zero(zeroed, 4 * MIB));
		test_fill(p, 4 * MIB, i);
		test_fill(zeroed, 4 * MIB, i + 1);
		CHECK(test_is_filled(p, 4 * MIB, i));
		free(p);
		free(zeroed);
		nanosleep(&pause, NULL);
	}
	malloc_trim(0);
	CHECK(test_committed() == pool_size);
	CHECK(storage(pool_size) >= pool_size);
	return 0;
}
