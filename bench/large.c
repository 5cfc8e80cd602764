/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Large blocks: 64 KiB to 64 MiB, small ones more often than large ones, a
 * dozen alive at a time, every page of them written.
 *
 * After malloc-large of D. Leijen's mimalloc-bench, with sizes spread as
 * Wilson et al. found them: "Dynamic storage allocation: a survey and critical
 * review", IWMM 1995, section 2.4.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define SLOTS 12
#define BLOCKS 60000
#define SIZE_MIN ((size_t)64 << 10)
#define DOUBLINGS 10 /* of SIZE_MIN, up to 64 MiB */
#define PAGE 4096

struct slot {
	unsigned char *block;
	size_t size;
};

/* Each power of two is half as likely as the one below it. */
static size_t
draw_size(uint64_t *seed)
{
	size_t lot = bench_below(seed, (size_t)1 << DOUBLINGS);
	size_t size = SIZE_MIN;

	while (lot & 1) {
		lot >>= 1;
		size *= 2;
	}
	if (size > SIZE_MIN << (DOUBLINGS - 1))
		size = SIZE_MIN << (DOUBLINGS - 1);
	return size + bench_below(seed, size);
}

static void
replace(struct slot *slot, size_t size)
{
	size_t i;

	for (i = 0; i < slot->size; i += PAGE) {
		if (slot->block[i] != (unsigned char)(slot->size / PAGE))
			bench_die("a block was overwritten");
	}
	free(slot->block);
	slot->size = size;
	slot->block = malloc(size);
	if (slot->block == NULL)
		bench_die("malloc");
	for (i = 0; i < size; i += PAGE)
		slot->block[i] = (unsigned char)(size / PAGE);
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	size_t blocks = bench_scaled(&args, BLOCKS);
	struct slot slots[SLOTS] = { 0 };
	uint64_t seed = bench_seed(0);
	size_t i;

	for (i = 0; i < blocks; i++)
		replace(&slots[bench_below(&seed, SLOTS)], draw_size(&seed));
	for (i = 0; i < SLOTS; i++)
		free(slots[i].block);
	return 0;
}
