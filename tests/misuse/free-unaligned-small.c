/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer is freed that no block can have. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(100);

	free(misuse_hide(p + 3));
	return misuse_end();
}
