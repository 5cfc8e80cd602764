/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A vector that grows by copying fails only when its old and its new copy do
 * not fit together: memory of earlier copies is reused. Prints the bytes of the
 * largest vector. The arguments are the growth factor, as a fraction, the MiB
 * of the pool, and how much of it the two copies should reach, in percent. Runs
 * with any malloc that has a limit.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST ((size_t)1000)

int
main(int argc, char **argv)
{
	size_t size = FIRST, larger = 0, pool_size;
	char *copy;

	if (argc != 5)
		return 99;
	pool_size = (size_t)strtoul(argv[3], NULL, 10) << 20;
	for (char *vector = calloc(1, size); vector != NULL; vector = copy) {
		larger = size * strtoul(argv[1], NULL, 10) /
			strtoul(argv[2], NULL, 10);
		copy = larger < pool_size ? malloc(larger) : NULL;
		if (copy == NULL)
			break;
		copy[0] = vector[0]; /* the rest does not matter here */
		copy[larger - 1] = 1;
		free(vector);
		size = larger;
	}
	printf("%zu\n", size);
	return (size + larger) * 100 / pool_size < strtoul(argv[4], NULL, 10);
}
