/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is freed, and then made larger. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);

	free(p);
	p = realloc(misuse_hide(p), 4000);
	CHECK(p != NULL);
	return misuse_end();
}
