/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Big sparse arrays: zeroed arrays of 64 MiB of which a tenth of the pages is
 * touched, like hash tables, bitmaps and buffers of the largest size. Prints
 * the bytes touched and the memory held.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#define ARRAYS 40
#define ALIVE 8
#define SIZE ((size_t)64 << 20)
#define PAGE 4096
#define PART 10

/* The first touch of a page must find zeros. */
static size_t
touch(char *array, uint64_t *seed)
{
	size_t n = SIZE / PAGE / PART;
	size_t i;

	for (i = 0; i < n; i++) {
		size_t page = i * PART + bench_below(seed, PART);

		if (array[page * PAGE] != 0)
			bench_die("calloc: not zero");
		array[page * PAGE] = 1;
	}
	return n * PAGE;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	size_t arrays = bench_scaled(&args, ARRAYS);
	uint64_t seed = bench_seed(0);
	char *alive[ALIVE] = { 0 };
	size_t touched = 0;
	size_t i;

	for (i = 0; i < arrays; i++) {
		char **array = &alive[i % ALIVE];

		free(*array);
		*array = calloc(1, SIZE);
		if (*array == NULL)
			bench_die("calloc");
		touched = touch(*array, &seed);
	}
	printf("metric live_bytes %zu\n",
		touched * (arrays < ALIVE ? arrays : ALIVE));
	printf("metric held_bytes %zu\n", bench_memory());
	for (i = 0; i < ALIVE; i++)
		free(alive[i]);
	return 0;
}
