/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a trace as a page of HTML, with the parts of compare's. */
#include "config.h"

#include "cli/trace/report.h"

#include "cli/cli.h"
#include "cli/compare/html_bars.h"
#include "cli/compare/html_curves.h"
#include "cli/compare/html_write.h"
#include "cli/trace/tables.h"

#include <stdlib.h>

#define MIB (1024.0 * 1024)
#define COLOUR 2 /* of the live bytes */

static void
plot_timeline(const struct vmm_trace_summary *summary, FILE *to)
{
	static const struct vmm_curve_picture picture = {
		.caption = "MiB that are live, as the program asked for them",
		.label = "live bytes over time",
		.x_unit = " s",
		.y_unit = "",
		.nothing = "The trace is too short.",
	};
	const struct vmm_trace_timeline *line = &summary->timeline;
	struct vmm_curve curve;

	vmm_curve_init(&curve, "live", COLOUR, line->n + 1);
	for (size_t i = 0; i < line->n; i++)
		vmm_curve_add(&curve, (double)(i * line->width) / 1e9,
			(double)line->most[i] / MIB);
	vmm_curve_add(&curve, (double)summary->duration / 1e9,
		(double)summary->live.bytes / MIB);
	vmm_html_plot_curves(&picture, &curve, 1, to);
	vmm_curve_free(&curve);
}

static void
plot_bars(const struct vmm_trace_summary *summary, const char *caption,
	size_t (*get)(const struct vmm_trace_summary *, struct vmm_bar *),
	FILE *to)
{
	struct vmm_bar_picture picture = {
		.caption = caption,
		.label = caption,
		.values = { "of all blocks", "of all bytes" },
		.nothing = "There are no blocks.",
	};
	struct vmm_bar bars[VMM_TRACE_BARS_MAX];
	size_t n = get(summary, bars);

	vmm_html_plot_bars(&picture, bars, n, to);
	for (size_t i = 0; i < n; i++)
		free(bars[i].name);
}

static void
write_section(
	const char *id, const char *title, struct vmm_table *table, FILE *to)
{
	fprintf(to, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
	vmm_html_write_table(table, to);
	vmm_table_free(table);
	fputs("</section>\n", to);
}

static void
write_sites(const struct vmm_trace_report *report, FILE *to)
{
	struct vmm_table table;
	size_t more = vmm_trace_sites_tabulate(
		&report->summary, &report->stacks, report->order, &table);

	fprintf(to,
		"<section id=\"sites\"><h2>Call sites, with the %s first"
		"</h2>\n",
		vmm_trace_order_title(report->order));
	vmm_html_write_table(&table, to);
	vmm_table_free(&table);
	if (more > 0)
		fprintf(to, "<p>... and %zu more.</p>\n", more);
	fputs("</section>\n", to);
}

static void
write_tables(const struct vmm_trace_summary *summary, FILE *to)
{
	struct vmm_table table;

	vmm_trace_tabulate_calls(summary, &table);
	write_section("calls", "Calls", &table, to);
	vmm_trace_tabulate_threads(summary, &table);
	write_section("threads", "Threads", &table, to);
	vmm_trace_tabulate_sizes(summary, &table);
	write_section("size-classes", "Blocks by size", &table, to);
	vmm_trace_tabulate_lives(summary, &table);
	write_section("life-classes", "Blocks by lifetime", &table, to);
}

static void
write_page(const void *arg, FILE *to)
{
	const struct vmm_trace_report *report = arg;
	char *summary = vmm_trace_summarize(report);

	vmm_html_begin_page("vmmalloc trace", report->path, to);
	vmm_html_write_summary(report->reader.info.command, summary, to);
	free(summary);
	fputs("<section id=\"course\" class=\"series\"><h2>Live bytes over "
	      "time</h2>\n",
		to);
	plot_timeline(&report->summary, to);
	fputs("</section>\n", to);
	if (report->has_stacks)
		write_sites(report, to);
	fputs("<section id=\"blocks\"><h2>Blocks</h2>\n"
	      "<div class=\"figures\">\n<div id=\"sizes\">",
		to);
	plot_bars(&report->summary, "by size, up to this many bytes",
		vmm_trace_get_size_bars, to);
	fputs("</div>\n<div id=\"lives\">", to);
	plot_bars(&report->summary, "by lifetime, less than this long",
		vmm_trace_get_life_bars, to);
	fputs("</div></div></section>\n", to);
	write_tables(&report->summary, to);
	vmm_html_end_page(to);
}

int
vmm_trace_write_html(const struct vmm_trace_report *report, const char *file)
{
	return vmm_html_write_file("trace", file, write_page, report);
}
