/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Large zeroed tables: open hash tables of 64 KiB to 16 MiB from calloc, at
 * most a quarter full and most of them nearly empty, and freed again. An
 * allocator that knows which memory is still zero need not clear it.
 *
 * The pattern: hash tables and page tables of interpreters and compilers; the
 * cost of zeroing is that of X. Yang et al., "Why nothing matters: the impact
 * of zeroing", OOPSLA 2011.
 */
#include "config.h"

#include "bench/bench.h"

#include <errno.h>
#include <stdlib.h>

#define TABLES 500
#define ALIVE 8
#define ENTRIES_MIN ((size_t)8 << 10)
#define DOUBLINGS 9

struct table {
	uint64_t *entry;
	size_t entries; /* a power of two */
};

static void
insert(struct table *table, uint64_t key)
{
	size_t i = (size_t)(key >> 32) & (table->entries - 1);

	while (table->entry[i] != 0 && table->entry[i] != key)
		i = (i + 1) & (table->entries - 1);
	table->entry[i] = key;
}

/* Samples of the new table must be zero. */
static void
make_table(struct table *table, uint64_t *seed)
{
	size_t i, inserts;

	table->entries = ENTRIES_MIN << bench_below(seed, DOUBLINGS);
	table->entry = calloc(table->entries, sizeof(table->entry[0]));
	if (table->entry == NULL)
		bench_die("calloc");
	for (i = 0; i < table->entries; i += table->entries / 64) {
		if (table->entry[i] != 0) {
			errno = EILSEQ;
			bench_die("calloc returned memory that is not zero");
		}
	}
	inserts = table->entries >> (2 + bench_below(seed, 8));
	for (i = 0; i < inserts; i++)
		insert(table, bench_random(seed) | 1);
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	size_t count = bench_scaled(&args, TABLES);
	struct table tables[ALIVE] = { 0 };
	uint64_t seed = bench_seed(0);
	size_t i;

	for (i = 0; i < count; i++) {
		struct table *table = &tables[bench_below(&seed, ALIVE)];

		free(table->entry);
		make_table(table, &seed);
	}
	for (i = 0; i < ALIVE; i++)
		free(tables[i].entry);
	return 0;
}
