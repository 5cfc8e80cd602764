/* SPDX-License-Identifier: BSD-3-Clause */
/* A small block is freed again after two others were freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);
	char *q = misuse_block(40);
	char *r = misuse_block(40);

	free(p);
	free(q);
	free(r);
	free(misuse_hide(p));
	return misuse_end();
}
