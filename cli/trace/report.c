/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc trace: what is in a trace, as text or CSV. */
#include "config.h"

#include "cli/cli.h"
#include "cli/table.h"
#include "cli/trace/lane.h"
#include "cli/trace/sites.h"
#include "cli/trace/summary.h"
#include "cli/trace/symbols.h"
#include "cli/trace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB (1024.0 * 1024)
#define THREADS_MAX 20 /* rows of the table of threads */

static const char *const names[VMM_TRACE_KINDS] = {
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

static void
print_head(const struct vmm_trace_reader *reader,
	const struct vmm_trace_summary *s)
{
	printf("%s\n", reader->info.command);
	printf("process %ld%s, backend %s, %.3f s, %" PRIu32 " thread%s\n",
		reader->info.pid,
		reader->info.parent != 0 ? " (child of a fork)" : "",
		reader->info.backend, (double)s->duration / 1e9,
		reader->threads, reader->threads != 1 ? "s" : "");
	printf("%" PRIu64 " events in %" PRIu64 " bytes: %.2f per event\n",
		s->events, reader->size,
		s->events > 0 ? (double)reader->size / (double)s->events : 0.0);
	if (s->sample > 0)
		printf("a sample of one block per %" PRIu32
		       " bytes: what follows are estimates\n",
			s->sample);
	printf("peak: %.2f MiB in %" PRIu64 " blocks, after %.3f s\n",
		(double)s->peak.bytes / MIB, s->peak.n,
		(double)s->peak_time / 1e9);
	printf("end: %.2f MiB in %" PRIu64 " blocks\n",
		(double)s->live.bytes / MIB, s->live.n);
	if (s->unknown > 0)
		printf("%" PRIu64 " blocks were freed that this trace does not "
		       "have\n",
			s->unknown);
	if (reader->damaged > 0)
		printf("%" PRIu64 " bytes of the file are damaged or cut off\n",
			reader->damaged);
}

static void
print_calls(const struct vmm_trace_summary *s)
{
	struct vmm_table table;

	vmm_table_init(&table, "lr");
	vmm_table_add(&table, "call");
	vmm_table_add(&table, "number");
	for (int k = 0; k < VMM_TRACE_KINDS; k++) {
		vmm_table_add(&table, "%s", names[k]);
		vmm_table_add(&table, "%" PRIu64, s->calls[k]);
	}
	vmm_table_add(&table, "realloc that moved");
	vmm_table_add(&table, "%" PRIu64, s->moved);
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
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

static void
print_sizes(const struct vmm_trace_summary *s)
{
	struct vmm_trace_count all;
	struct vmm_table table;

	sum(s->sizes, VMM_TRACE_SIZE_CLASSES, &all);
	vmm_table_init(&table, "rrrr");
	vmm_table_add(&table, "size up to");
	vmm_table_add(&table, "blocks");
	vmm_table_add(&table, "%%");
	vmm_table_add(&table, "MiB");
	for (int k = 0; k < VMM_TRACE_SIZE_CLASSES; k++) {
		char *size;

		if (s->sizes[k].n == 0)
			continue;
		size = describe_size(k);
		vmm_table_add(&table, "%s", size);
		free(size);
		add_count(&table, &s->sizes[k], &all);
	}
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

static void
print_lives(const struct vmm_trace_summary *s)
{
	static const char *const limits[VMM_TRACE_LIFE_CLASSES] = { "1 us",
		"10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s",
		"longer" };
	struct vmm_trace_count all;
	struct vmm_table table;

	sum(s->lives, VMM_TRACE_LIFE_CLASSES, &all);
	all.n += s->live.n;
	vmm_table_init(&table, "rrrr");
	vmm_table_add(&table, "life below");
	vmm_table_add(&table, "blocks");
	vmm_table_add(&table, "%%");
	vmm_table_add(&table, "MiB");
	for (int k = 0; k < VMM_TRACE_LIFE_CLASSES; k++) {
		if (s->lives[k].n == 0)
			continue;
		vmm_table_add(&table, "%s", limits[k]);
		add_count(&table, &s->lives[k], &all);
	}
	if (s->live.n > 0) {
		vmm_table_add(&table, "not freed");
		add_count(&table, &s->live, &all);
	}
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

static void
print_threads(const struct vmm_trace_summary *s)
{
	struct vmm_table table;
	uint32_t rows = 0;

	vmm_table_init(&table, "rrrrr");
	vmm_table_add(&table, "thread");
	vmm_table_add(&table, "allocated");
	vmm_table_add(&table, "MiB");
	vmm_table_add(&table, "freed");
	vmm_table_add(&table, "of others");
	for (uint32_t i = 1; i <= s->n_threads && rows < THREADS_MAX; i++) {
		const struct vmm_trace_thread *thread = &s->threads[i];

		if (thread->allocated + thread->freed + thread->freed_others ==
			0)
			continue;
		vmm_table_add(&table, "%" PRIu32, i);
		vmm_table_add(&table, "%" PRIu64, thread->allocated);
		vmm_table_add(&table, "%.2f", (double)thread->bytes / MIB);
		vmm_table_add(&table, "%" PRIu64, thread->freed);
		vmm_table_add(&table, "%" PRIu64, thread->freed_others);
		rows++;
	}
	putchar('\n');
	vmm_table_print(&table, stdout);
	if (rows == THREADS_MAX && s->n_threads > THREADS_MAX)
		puts("... and more threads, which --csv has");
	vmm_table_free(&table);
}

int
vmm_trace_check(const char *command)
{
	(void)command;
	return 0;
}

static void
print_sites(struct vmm_trace_reader *reader,
	const struct vmm_trace_summary *summary, enum vmm_trace_order order)
{
	struct vmm_trace_stacks stacks;

	/* no stacks were recorded */
	if (reader->n_records == 0)
		return;
	vmm_trace_stacks_read(&stacks, reader);
	vmm_trace_symbols_find(&stacks);
	vmm_trace_sites_print(summary, &stacks, order);
	vmm_trace_stacks_free(&stacks);
}

int
vmm_trace_print(const char *path, const char *order_name)
{
	struct vmm_trace_reader reader;
	struct vmm_trace_summary summary;
	enum vmm_trace_order order;

	if (vmm_trace_order_parse(order_name, &order) != 0) {
		vmm_complain("bad --sort '%s': not peak, end or allocated",
			order_name);
		return VMM_EXIT_USAGE;
	}
	if (vmm_trace_open(&reader, path) != 0)
		return VMM_EXIT_FAILED;
	vmm_trace_summary_read(&summary, &reader);
	print_head(&reader, &summary);
	print_calls(&summary);
	print_sizes(&summary);
	print_lives(&summary);
	print_threads(&summary);
	print_sites(&reader, &summary, order);
	vmm_trace_summary_free(&summary);
	vmm_trace_close(&reader);
	return VMM_EXIT_OK;
}

static void
print_block(uint64_t id)
{
	if (id != 0)
		printf(",%" PRIu32 ".%" PRIu64, VMM_TRACE_ID_LANE(id),
			VMM_TRACE_ID_BLOCK(id));
	else
		putchar(',');
}

int
vmm_trace_print_csv(const char *path)
{
	struct vmm_trace_reader reader;
	struct vmm_trace_event event;

	if (vmm_trace_open(&reader, path) != 0)
		return VMM_EXIT_FAILED;
	puts("ns,thread,call,size,alignment,block,freed");
	while (vmm_trace_next(&reader, &event)) {
		printf("%" PRIu64 ",%" PRIu32 ",%s,%" PRIu64 ",%" PRIu64,
			event.time, event.thread, names[event.kind], event.size,
			event.alignment);
		print_block(event.id);
		print_block(event.old);
		putchar('\n');
	}
	vmm_trace_close(&reader);
	return fflush(stdout) == 0 ? VMM_EXIT_OK : VMM_EXIT_FAILED;
}
