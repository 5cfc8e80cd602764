/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is read after it was freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);

	free(p);
	misuse_read(misuse_hide(p));
	return misuse_end();
}
