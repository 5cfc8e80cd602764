/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is resized that has returned to a slab with other blocks. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);
	char *q = misuse_block(40);

	free(p);
	malloc_trim(0);
	p = realloc(misuse_hide(p), 30);
	CHECK(p != NULL && q != NULL);
	return misuse_end();
}
