/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is freed, then another one, and then the first one is resized. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);
	char *q = misuse_block(40);

	free(p);
	free(q);
	p = realloc(misuse_hide(p), 30);
	CHECK(p != NULL);
	return misuse_end();
}
