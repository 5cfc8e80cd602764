/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer into a small block is freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(100);

	free(misuse_hide(p + 16));
	return misuse_end();
}
