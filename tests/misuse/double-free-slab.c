/* SPDX-License-Identifier: BSD-3-Clause */
/* A small block is freed twice, the second time when its slab is empty. */
#include "misuse.h"

#define BLOCKS 4096

int
main(void)
{
	static char *block[BLOCKS];

	for (int i = 0; i < BLOCKS; i++)
		block[i] = misuse_block(40);
	for (int i = 0; i < BLOCKS; i++)
		free(block[i]);
	free(misuse_hide(block[BLOCKS / 2]));
	return misuse_end();
}
