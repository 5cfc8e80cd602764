/* SPDX-License-Identifier: BSD-3-Clause */
/* A block of no bytes is read. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(0);

	misuse_read(misuse_hide(p));
	free(p);
	return misuse_end();
}
