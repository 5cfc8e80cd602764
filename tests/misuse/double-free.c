/* SPDX-License-Identifier: BSD-3-Clause */
/* A small block is freed twice in a row. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);

	free(p);
	free(misuse_hide(p));
	return misuse_end();
}
