/* SPDX-License-Identifier: BSD-3-Clause */
/* A block of no bytes is freed twice. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(0);

	free(p);
	free(misuse_hide(p));
	return misuse_end();
}
