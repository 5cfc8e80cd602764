/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Repeated large blocks: buffers of 5 to 25 MiB that are allocated, written and
 * freed in turn, two alive at a time, as images and messages are. All but the
 * first ones could reuse memory that is still backed.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

#define BLOCKS 400
#define MIB ((size_t)1 << 20)
#define SIZE_LEAST (5 * MIB)
#define SIZE_RANGE (20 * MIB)

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	size_t blocks = bench_scaled(&args, BLOCKS);
	uint64_t seed = bench_seed(0);
	char *before = NULL;
	size_t i;

	for (i = 0; i < blocks; i++) {
		size_t size = SIZE_LEAST + bench_below(&seed, SIZE_RANGE);
		char *block = malloc(size);

		if (block == NULL)
			bench_die("malloc");
		memset(block, (int)(i & 0x7f), size);
		if (before != NULL && before[0] != (char)((i - 1) & 0x7f))
			bench_die("a block was overwritten");
		free(before);
		before = block;
	}
	free(before);
	return 0;
}
