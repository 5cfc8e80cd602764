/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is freed, then many others, and then the first one is resized. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);
	char *others[31];

	for (int i = 0; i < 31; i++)
		others[i] = misuse_block(40);
	free(p);
	for (int i = 0; i < 31; i++)
		free(others[i]);
	p = realloc(misuse_hide(p), 30);
	CHECK(p != NULL);
	return misuse_end();
}
