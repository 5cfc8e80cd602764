/* SPDX-License-Identifier: BSD-3-Clause */
/* The byte before a block is written. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);

	((char *)misuse_hide(p - 1))[0] = 2;
	free(p);
	return misuse_end();
}
