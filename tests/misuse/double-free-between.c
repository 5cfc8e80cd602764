/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small block is freed again after another one was freed; three allocations
 * would return it twice.
 */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);
	char *q = misuse_block(40);
	char *first, *second, *third;

	free(p);
	free(q);
	free(misuse_hide(p));
	first = misuse_block(40);
	second = misuse_block(40);
	third = misuse_block(40);
	CHECK(first != second && first != third && second != third);
	return misuse_end();
}
