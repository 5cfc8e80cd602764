/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer is freed into the page behind a small block, where none was yet. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(8);

	free(misuse_hide(p + 4096));
	return misuse_end();
}
