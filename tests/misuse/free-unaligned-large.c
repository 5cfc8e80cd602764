/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer into the first page of a large block is freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(MIB);

	free(misuse_hide(p + 16));
	return misuse_end();
}
