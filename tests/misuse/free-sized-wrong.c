/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is freed as one of another, larger size. */
#include "misuse.h"

void free_sized(void *ptr, size_t size) __attribute__((weak));

int
main(void)
{
	char *p = misuse_block(16);

	free_sized(misuse_hide(p), 4000);
	return misuse_end();
}
