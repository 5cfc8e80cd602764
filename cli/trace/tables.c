/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables and bars of a trace; see tables.h. */
#include "config.h"

#include "cli/trace/tables.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>

#define MIB (1024.0 * 1024)
#define THREADS_MAX 20 /* rows of the table of threads */

static const char *const lives[VMM_TRACE_LIFE_CLASSES] = { "1 us", "10 us",
	"100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "longer" };

const char *const vmm_trace_kind_names[VMM_TRACE_KINDS] = {
	[VMM_TRACE_MALLOC] = "malloc",
	[VMM_TRACE_CALLOC] = "calloc",
	[VMM_TRACE_MEMALIGN] = "memalign",
	[VMM_TRACE_REALLOC] = "realloc",
	[VMM_TRACE_FREE] = "free",
	[VMM_TRACE_FAILED] = "failed",
};

static char *
describe_size(int class_)
{
	static const char units[] = " KMGT";

	return class_ / 10 == 0
		? vmm_text("%d", 1 << class_)
		: vmm_text("%d%c", 1 << class_ % 10, units[class_ / 10]);
}

void
vmm_trace_tabulate_calls(
	const struct vmm_trace_summary *s, struct vmm_table *table)
{

	vmm_table_init(table, "lr");
	vmm_table_add(table, "call");
	vmm_table_add(table, "number");
	for (int k = 0; k < VMM_TRACE_KINDS; k++) {
		vmm_table_add(table, "%s", vmm_trace_kind_names[k]);
		vmm_table_add(table, "%" PRIu64, s->calls[k]);
	}
	vmm_table_add(table, "realloc that moved");
	vmm_table_add(table, "%" PRIu64, s->moved);
}

static void
add_count(struct vmm_table *table, const struct vmm_trace_count *count,
	const struct vmm_trace_count *all)
{
	vmm_table_add(table, "%" PRIu64, count->n);
	vmm_table_add(table, "%.1f", 100.0 * (double)count->n / (double)all->n);
	vmm_table_add(table, "%.2f", (double)count->bytes / MIB);
}

static void
sum(const struct vmm_trace_count *counts, int n, struct vmm_trace_count *all)
{
	*all = (struct vmm_trace_count){ 0, 0 };
	for (int k = 0; k < n; k++) {
		all->n += counts[k].n;
		all->bytes += counts[k].bytes;
	}
}

void
vmm_trace_tabulate_sizes(
	const struct vmm_trace_summary *s, struct vmm_table *table)
{
	struct vmm_trace_count all;

	sum(s->sizes, VMM_TRACE_SIZE_CLASSES, &all);
	vmm_table_init(table, "rrrr");
	vmm_table_add(table, "size up to");
	vmm_table_add(table, "blocks");
	vmm_table_add(table, "%%");
	vmm_table_add(table, "MiB");
	for (int k = 0; k < VMM_TRACE_SIZE_CLASSES; k++) {
		char *size;

		if (s->sizes[k].n == 0)
			continue;
		size = describe_size(k);
		vmm_table_add(table, "%s", size);
		free(size);
		add_count(table, &s->sizes[k], &all);
	}
}

void
vmm_trace_tabulate_lives(
	const struct vmm_trace_summary *s, struct vmm_table *table)
{
	struct vmm_trace_count all;

	sum(s->lives, VMM_TRACE_LIFE_CLASSES, &all);
	all.n += s->live.n;
	vmm_table_init(table, "rrrr");
	vmm_table_add(table, "life below");
	vmm_table_add(table, "blocks");
	vmm_table_add(table, "%%");
	vmm_table_add(table, "MiB");
	for (int k = 0; k < VMM_TRACE_LIFE_CLASSES; k++) {
		if (s->lives[k].n == 0)
			continue;
		vmm_table_add(table, "%s", lives[k]);
		add_count(table, &s->lives[k], &all);
	}
	if (s->live.n > 0) {
		vmm_table_add(table, "not freed");
		add_count(table, &s->live, &all);
	}
}

bool
vmm_trace_tabulate_threads(
	const struct vmm_trace_summary *s, struct vmm_table *table)
{
	uint32_t rows = 0;

	vmm_table_init(table, "rrrrr");
	vmm_table_add(table, "thread");
	vmm_table_add(table, "allocated");
	vmm_table_add(table, "MiB");
	vmm_table_add(table, "freed");
	vmm_table_add(table, "of others");
	for (uint32_t i = 1; i <= s->n_threads && rows < THREADS_MAX; i++) {
		const struct vmm_trace_thread *thread = &s->threads[i];

		if (thread->allocated + thread->freed + thread->freed_others ==
			0)
			continue;
		vmm_table_add(table, "%" PRIu32, i);
		vmm_table_add(table, "%" PRIu64, thread->allocated);
		vmm_table_add(table, "%.2f", (double)thread->bytes / MIB);
		vmm_table_add(table, "%" PRIu64, thread->freed);
		vmm_table_add(table, "%" PRIu64, thread->freed_others);
		rows++;
	}
	return rows == THREADS_MAX && s->n_threads > THREADS_MAX;
}

/* Bars of the classes with blocks; n is 0 at first. */
static void
add_bar(struct vmm_bar *bars, size_t *n, char *name,
	const struct vmm_trace_count *count, const struct vmm_trace_count *all)
{
	bars[(*n)++] = (struct vmm_bar){ .name = name,
		.values = { (double)count->n / (double)all->n,
			all->bytes > 0
				? (double)count->bytes / (double)all->bytes
				: 0 } };
}

size_t
vmm_trace_get_size_bars(const struct vmm_trace_summary *s, struct vmm_bar *bars)
{
	struct vmm_trace_count all;
	size_t n = 0;

	sum(s->sizes, VMM_TRACE_SIZE_CLASSES, &all);
	for (int k = 0; k < VMM_TRACE_SIZE_CLASSES; k++) {
		if (s->sizes[k].n > 0)
			add_bar(bars, &n, describe_size(k), &s->sizes[k], &all);
	}
	return n;
}

size_t
vmm_trace_get_life_bars(const struct vmm_trace_summary *s, struct vmm_bar *bars)
{
	struct vmm_trace_count all;
	size_t n = 0;

	sum(s->lives, VMM_TRACE_LIFE_CLASSES, &all);
	all.n += s->live.n;
	all.bytes += s->live.bytes;
	for (int k = 0; k < VMM_TRACE_LIFE_CLASSES; k++) {
		if (s->lives[k].n > 0)
			add_bar(bars, &n, vmm_text("%s", lives[k]),
				&s->lives[k], &all);
	}
	if (s->live.n > 0)
		add_bar(bars, &n, vmm_text("not freed"), &s->live, &all);
	return n;
}
