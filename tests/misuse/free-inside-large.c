/* SPDX-License-Identifier: BSD-3-Clause */
/* The address of a page in a large block is freed. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(MIB);
	uintptr_t page = ((uintptr_t)p | 4095) + 1 + 4096;

	free(misuse_hide(p + (page - (uintptr_t)p)));
	return misuse_end();
}
