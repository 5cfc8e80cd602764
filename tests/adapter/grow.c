/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vector that grows by copying fails only when its old and its new copy do
 * not fit together: memory of earlier copies is reused. Run under LD_PRELOAD;
 * the arguments are the growth factor, as a fraction, and how much of the pool
 * the two copies should reach, in percent.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma weak vmmalloc_host_get

#define FIRST ((size_t)1000)

int
main(int argc, char **argv)
{
	size_t size = FIRST, larger = 0, pool_size;
	char *copy;

	if (vmmalloc_host_get == NULL || argc != 4) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	pool_size = vmmalloc_host_get()->pool_size;
	for (char *vector = malloc(size); vector != NULL; vector = copy) {
		larger = size * strtoul(argv[1], NULL, 10) /
			strtoul(argv[2], NULL, 10);
		copy = malloc(larger);
		if (copy == NULL)
			break;
		memcpy(copy, vector, size);
		memset(copy + size, 1, larger - size);
		free(vector);
		size = larger;
	}
	printf("%zu %% of the pool; the next copy would have made %zu %%\n",
		size * 100 / pool_size, (size + larger) * 100 / pool_size);
	return (size + larger) * 100 / pool_size < strtoul(argv[3], NULL, 10);
}
