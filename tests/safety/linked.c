/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program that is linked with -lvmmalloc and does not need LD_PRELOAD. Prints
 * where its memory comes from.
 */
#include "config.h"

#include "libvmmalloc.h"

#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };
	const char *why = vmmalloc_check_version(
		VMMALLOC_MAJOR_VERSION, VMMALLOC_MINOR_VERSION);
	size_t bytes = (size_t)20 << 20;
	char *p;

	if (why != NULL) {
		puts(why);
		return 1;
	}
	p = calloc(1, bytes);
	if (p == NULL || vmmalloc_get_stats(&stats) != 0)
		return 1;
	puts(stats.committed >= bytes ? "pool" : "elsewhere");
	free(p);
	return 0;
}
