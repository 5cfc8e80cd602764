/* SPDX-License-Identifier: BSD-3-Clause */
/* A block is freed as one of a much smaller size. */
#include "misuse.h"

void free_sized(void *ptr, size_t size) __attribute__((weak));

int
main(void)
{
	char *p = misuse_block(4000);

	free_sized(misuse_hide(p), 16);
	return misuse_end();
}
