/* SPDX-License-Identifier: BSD-3-Clause */
/* The size of a pointer into a large block is asked for. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(100000);

	CHECK(malloc_usable_size(misuse_hide(p + 64)) > 0);
	return misuse_end();
}
