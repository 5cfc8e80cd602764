/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is written after it was freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_unguarded(40);

	free(p);
	((char *)misuse_hide(p))[3] = 2;
	return misuse_end();
}
