/* SPDX-License-Identifier: BSD-3-Clause */
/* Something 1 MiB behind one of the first blocks is written. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(40);

	((char *)misuse_hide(p + MIB))[0] = 2;
	free(p);
	return misuse_end();
}
