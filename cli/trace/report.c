/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc trace: what is in a trace, as text or CSV. */
#include "config.h"

#include "cli/trace/report.h"

#include "cli/cli.h"
#include "cli/sparkline.h"
#include "cli/trace/lane.h"
#include "cli/trace/symbols.h"
#include "cli/trace/tables.h"
#include "cli/trace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB (1024.0 * 1024)
#define COLUMNS 64 /* of the picture */

static void
write_head(const struct vmm_trace_reader *reader,
	const struct vmm_trace_summary *s, FILE *to)
{
	fprintf(to, "process %ld%s, backend %s, %.3f s, %" PRIu32 " thread%s\n",
		reader->info.pid,
		reader->info.parent != 0 ? " (child of a fork)" : "",
		reader->info.backend, (double)s->duration / 1e9,
		reader->threads, reader->threads != 1 ? "s" : "");
	fprintf(to, "%" PRIu64 " events in %" PRIu64 " bytes: %.2f per event\n",
		s->events, reader->size,
		s->events > 0 ? (double)reader->size / (double)s->events : 0.0);
	if (s->sample > 0)
		fprintf(to,
			"a sample of one block per %" PRIu32
			" bytes: what follows are estimates\n",
			s->sample);
	fprintf(to, "peak: %.2f MiB in %" PRIu64 " blocks, after %.3f s\n",
		(double)s->peak.bytes / MIB, s->peak.n,
		(double)s->peak_time / 1e9);
	fprintf(to, "end: %.2f MiB in %" PRIu64 " blocks\n",
		(double)s->live.bytes / MIB, s->live.n);
	if (s->unknown > 0)
		fprintf(to,
			"%" PRIu64
			" blocks were freed that this trace does not "
			"have\n",
			s->unknown);
	if (reader->damaged > 0)
		fprintf(to,
			"%" PRIu64
			" bytes of the file are damaged or cut off\n",
			reader->damaged);
}

char *
vmm_trace_summarize(const struct vmm_trace_report *report)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		return vmm_text("%s", "");
	write_head(&report->reader, &report->summary, to);
	fclose(to);
	return text;
}

static void
print_timeline(const struct vmm_trace_summary *s)
{
	bool is_utf8 = vmm_sparkline_is_utf8();

	if (s->peak.bytes == 0)
		return;
	fputs("live: ", stdout);
	for (size_t i = 0; i < COLUMNS; i++) {
		uint64_t live =
			vmm_trace_timeline_get(&s->timeline, i, COLUMNS);

		fputs(vmm_sparkline_get(
			      is_utf8, (double)live / (double)s->peak.bytes),
			stdout);
	}
	printf(" to %.3f s\n", (double)s->duration / 1e9);
}

static void
print_table(struct vmm_table *table)
{
	putchar('\n');
	vmm_table_print(table, stdout);
	vmm_table_free(table);
}

static void
print_tables(const struct vmm_trace_summary *s)
{
	struct vmm_table table;
	bool are_left_out;

	vmm_trace_tabulate_calls(s, &table);
	print_table(&table);
	vmm_trace_tabulate_sizes(s, &table);
	print_table(&table);
	vmm_trace_tabulate_lives(s, &table);
	print_table(&table);
	are_left_out = vmm_trace_tabulate_threads(s, &table);
	print_table(&table);
	if (are_left_out)
		puts("... and more threads, which --csv has");
}

static void
print_sites(const struct vmm_trace_report *report)
{
	struct vmm_table table;
	size_t more;

	if (!report->has_stacks)
		return;
	more = vmm_trace_sites_tabulate(
		&report->summary, &report->stacks, report->order, &table);
	printf("\ncall sites, with the %s first:\n",
		vmm_trace_order_title(report->order));
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
	if (more > 0)
		printf("... and %zu more, which --export has\n", more);
}

static void
print_text(const struct vmm_trace_report *report)
{
	char *summary = vmm_trace_summarize(report);

	printf("%s\n%s", report->reader.info.command, summary);
	free(summary);
	print_timeline(&report->summary);
	print_tables(&report->summary);
	print_sites(report);
}

int
vmm_trace_check(const char *command)
{
	(void)command;
	return 0;
}

static int
open_report(struct vmm_trace_report *report, const char *path)
{
	if (vmm_trace_open(&report->reader, path) != 0)
		return -1;
	report->path = path;
	vmm_trace_summary_read(&report->summary, &report->reader);
	report->has_stacks = report->reader.n_records > 0;
	if (report->has_stacks) {
		vmm_trace_stacks_read(&report->stacks, &report->reader);
		vmm_trace_symbols_find(&report->stacks);
	}
	return 0;
}

static void
close_report(struct vmm_trace_report *report)
{
	if (report->has_stacks)
		vmm_trace_stacks_free(&report->stacks);
	vmm_trace_summary_free(&report->summary);
	vmm_trace_close(&report->reader);
}

int
vmm_trace_print(const char *path, const char *order_name, const char *html)
{
	struct vmm_trace_report report;
	int status = VMM_EXIT_OK;

	if (vmm_trace_order_parse(order_name, &report.order) != 0) {
		vmm_complain("bad --sort '%s': not peak, end or allocated",
			order_name);
		return VMM_EXIT_USAGE;
	}
	if (open_report(&report, path) != 0)
		return VMM_EXIT_FAILED;
	if (html != NULL && vmm_trace_write_html(&report, html) != 0)
		status = VMM_EXIT_FAILED;
	else
		print_text(&report);
	close_report(&report);
	return status;
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
			event.time, event.thread,
			vmm_trace_kind_names[event.kind], event.size,
			event.alignment);
		print_block(event.id);
		print_block(event.old);
		putchar('\n');
	}
	vmm_trace_close(&reader);
	return fflush(stdout) == 0 ? VMM_EXIT_OK : VMM_EXIT_FAILED;
}
