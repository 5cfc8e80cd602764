/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer into a small block, whose size is a power of two, is freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(128);

	free(misuse_hide(p + 16));
	return misuse_end();
}
