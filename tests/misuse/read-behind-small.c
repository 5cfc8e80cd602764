/* SPDX-License-Identifier: BSD-3-Clause */
/* Something behind the end of a small block is read. */
#include "misuse.h"

int
main(void)
{
	char *p = misuse_block(100);

	misuse_read(misuse_hide(p + 112));
	free(p);
	return misuse_end();
}
