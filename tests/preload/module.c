/* SPDX-License-Identifier: BSD-3-Clause */
/* Loaded by dlopen.c: allocates in its constructor, frees in its destructor. */
#include "test.h"

#define BLOCKS 1000

void *module_blocks[BLOCKS];

__attribute__((constructor)) static void
construct(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		module_blocks[i] = malloc(1 + i);
		CHECK(module_blocks[i] != NULL);
		test_fill(module_blocks[i], 1 + i, i);
	}
}

/* The program sets the blocks that it has freed to NULL. */
__attribute__((destructor)) static void
destruct(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		CHECK(module_blocks[i] == NULL ||
			test_is_filled(module_blocks[i], 1 + i, i));
		free(module_blocks[i]);
	}
}
