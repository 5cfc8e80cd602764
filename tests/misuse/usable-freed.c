/* SPDX-License-Identifier: BSD-3-Clause */
/* The size of a block is asked for that was freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);

	free(p);
	CHECK(malloc_usable_size(misuse_hide(p)) > 0);
	return misuse_end();
}
