/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer into a small block is resized. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(256);

	p = realloc(misuse_hide(p + 32), 200);
	CHECK(p != NULL);
	return misuse_end();
}
