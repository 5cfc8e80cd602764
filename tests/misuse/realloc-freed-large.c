/* SPDX-License-Identifier: BSD-3-Clause */
/* A large block is freed, and then made larger. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(MIB);

	free(p);
	p = realloc(misuse_hide(p), 2 * MIB);
	CHECK(p != NULL);
	return misuse_end();
}
