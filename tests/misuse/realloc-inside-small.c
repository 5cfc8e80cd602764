/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer into a block is resized whose size is no power of two. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(100);

	p = realloc(misuse_hide(p + 16), 60);
	CHECK(p != NULL);
	return misuse_end();
}
