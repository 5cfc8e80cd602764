/* SPDX-License-Identifier: BSD-3-Clause */
/* The byte before a block of whole pages is read. */
#include "misuse.h"

int
main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = misuse_block(16 * page);

	misuse_read(misuse_hide(p - 1));
	free(p);
	return misuse_end();
}
