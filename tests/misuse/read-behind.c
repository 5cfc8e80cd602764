/* SPDX-License-Identifier: BSD-3-Clause */
/* The byte after a block of whole pages is read. */
#include "misuse.h"

int
main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = misuse_block(page);

	misuse_read(misuse_hide(p + page));
	free(p);
	return misuse_end();
}
