/* SPDX-License-Identifier: BSD-3-Clause */
/* The byte after a block that grows is written. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(4097);

	p[test_opaque(4097)] = 2;
	p = realloc(p, 5000);
	CHECK(p != NULL);
	return misuse_end();
}
