/* SPDX-License-Identifier: BSD-3-Clause */
/* A block of no bytes is written. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(0);

	p[test_opaque(0)] = 2;
	free(p);
	return misuse_end();
}
