/* SPDX-License-Identifier: BSD-3-Clause */
/* A large block is freed twice. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(MIB);

	free(p);
	free(misuse_hide(p));
	return misuse_end();
}
