/* SPDX-License-Identifier: BSD-3-Clause */
/* The byte after a block is written. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);

	p[test_opaque(40)] = 2;
	free(p);
	return misuse_end();
}
