/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * With VMMALLOC_PREALLOC=1 all of the pool has its storage from the start, and
 * keeps it.
 */
#include "test.h"

#include "libvmmalloc.h"

#include <malloc.h>

#pragma weak vmmalloc_get_stats

#define BLOCKS 20

static size_t
committed(void)
{
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };

	CHECK(vmmalloc_get_stats(&stats) == 0);
	return stats.committed;
}


int
main(void)
{
	void *blocks[BLOCKS];
	size_t all = vmmalloc_host_get()->pool_size;

	CHECK(committed() == all);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < BLOCKS; i++) {
			blocks[i] = malloc(MIB);
			CHECK(blocks[i] != NULL);
			test_fill(blocks[i], MIB, (unsigned int)i);
		}
		for (int i = 0; i < BLOCKS; i++)
			free(blocks[i]);
		malloc_trim(0);
		CHECK(committed() == all);
	}
	return 0;
}
