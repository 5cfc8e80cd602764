/* SPDX-License-Identifier: BSD-3-Clause */
/* A comparison as a page of HTML that needs no other file; see report.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/compare/html_page.h"
#include "cli/compare/html_plot.h"
#include "cli/compare/ratio.h"
#include "cli/compare/report.h"
#include "cli/compare/requested.h"
#include "cli/compare/summary.h"

#include <stdlib.h>

static void
write_sentence(char *sentence, FILE *to)
{
	if (sentence != NULL)
		vmm_html_write_element(
			"<p class=\"summary\">", sentence, "</p>\n", to);
	free(sentence);
}

static void
write_head(const struct vmm_report *reports, size_t n, FILE *to)
{
	char *title = n > 1 ? vmm_text("%zu workloads", n)
			    : vmm_report_title(reports[0].workload);

	vmm_html_begin_page("vmmalloc compare", title, to);
	if (n > 1)
		vmm_html_write_overview(reports, n, to);
	free(title);
}

static void
write_summary(const struct vmm_report *report, FILE *to)
{
	char *title = vmm_report_title(report->workload);
	char *design = vmm_report_design(report, "*");

	vmm_html_write_element("<h1>", title, "</h1>\n", to);
	write_sentence(vmm_summary_of_failures(report), to);
	for (size_t i = 0; i < VMM_N_MAIN; i++)
		write_sentence(
			vmm_summary_of(report, vmm_main_quantities[i]), to);
	for (size_t i = VMM_METRIC; i < VMM_N_QUANTITIES; i++)
		write_sentence(vmm_summary_of(report, i), to);
	if (report->noise != NULL)
		vmm_html_write_element("<p class=\"noise\">Noisy machine: ",
			report->noise, "</p>\n", to);
	vmm_html_write_element("<p class=\"design\">", design, ".</p>\n", to);
	free(title);
	free(design);
}

static void
write_ratio(const struct vmm_report *report,
	const struct vmm_contender *contender, enum vmm_quantity_id id,
	FILE *to)
{
	struct vmm_ratio ratio = vmm_ratio_of(report, contender, id);

	if (!ratio.is_known)
		fputs("<td></td><td></td>", to);
	else if (!ratio.has_interval)
		fprintf(to, "<td>%.3f</td><td></td>", ratio.estimate);
	else
		fprintf(to, "<td>%.3f%s</td><td>%.3f to %.3f</td>",
			ratio.estimate, vmm_ratio_is_real(&ratio) ? " *" : "",
			ratio.low, ratio.high);
}

/* A table of some quantities, with ratios if there is only one. */
static void
write_table(const struct vmm_report *report, const enum vmm_quantity_id *ids,
	size_t n, FILE *to)
{
	fputs("<div class=\"wide\"><table><tr><th>contender</th>", to);
	for (size_t i = 0; i < n; i++)
		vmm_html_write_element(
			"<th>", vmm_quantities[ids[i]].title, "</th>", to);
	fputs(n == 1 ? "<th>ratio</th><th>95 % interval</th></tr>\n"
		     : "</tr>\n",
		to);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		vmm_html_write_element(
			"<tr><td>", contender->name, "</td>", to);
		for (size_t j = 0; j < n; j++) {
			char *text = vmm_quantity_format(
				ids[j], vmm_quantity_median(ids[j], contender));

			vmm_html_write_element("<td>",
				contender->has_failed ? "failed" : text,
				"</td>", to);
			free(text);
		}
		if (n == 1)
			write_ratio(report, contender, ids[0], to);
		fputs("</tr>\n", to);
	}
	fputs("</table></div>\n", to);
}

static void
write_main(const struct vmm_report *report, const char *kind, const char *title,
	enum vmm_quantity_id quantity, FILE *to)
{
	fprintf(to,
		"<section class=\"%s\"><h2>%s</h2>\n<div class=\"figures\">\n",
		kind, title);
	vmm_html_plot_runs(report, quantity, to);
	vmm_html_plot_ratios(report, quantity, to);
	fputs("</div>\n", to);
	write_table(report, &quantity, 1, to);
	fputs("</section>\n", to);
}

static void
write_metrics(const struct vmm_report *report, FILE *to)
{
	for (size_t i = VMM_METRIC; i < VMM_N_QUANTITIES; i++) {
		if (vmm_quantity_is_known(i, report->contenders, report->n))
			write_main(report, "metric", vmm_quantities[i].title, i,
				to);
	}
}

static void
write_series(const struct vmm_report *report, FILE *to)
{
	fputs("<section class=\"series\"><h2>Memory over time</h2>\n", to);
	vmm_html_plot_series(report, to);
	fputs("</section>\n", to);
}

static void
write_sweep(const struct vmm_report *report, FILE *to)
{
	if (!vmm_report_is_sweep(report))
		return;
	fputs("<section class=\"series\"><h2>Near memory</h2>\n", to);
	vmm_html_plot_sweep(report, to);
	fputs("</section>\n", to);
}

static void
write_others(const struct vmm_report *report, FILE *to)
{
	static const enum vmm_quantity_id ids[] = { VMM_USER, VMM_SYS,
		VMM_MINOR_FAULTS, VMM_MAJOR_FAULTS, VMM_POOL };

	fputs("<section class=\"faults\"><h2>Page faults and more</h2>\n"
	      "<div class=\"figures\">\n",
		to);
	vmm_html_plot_runs(report, VMM_MINOR_FAULTS, to);
	vmm_html_plot_runs(report, VMM_POOL, to);
	fputs("</div>\n", to);
	write_table(report, ids, sizeof(ids) / sizeof(ids[0]), to);
	fputs("</section>\n", to);
}

static void
write_counters(const struct vmm_report *report, FILE *to)
{
	static const enum vmm_quantity_id ids[] = { VMM_INSTRUCTIONS,
		VMM_CACHE_MISSES, VMM_TLB_MISSES };
	const size_t n = sizeof(ids) / sizeof(ids[0]);

	if (!vmm_quantities_are_known(ids, n, report->contenders, report->n))
		return;
	fputs("<section class=\"counters\"><h2>Hardware counters</h2>\n"
	      "<div class=\"figures\">\n",
		to);
	for (size_t i = 0; i < n; i++)
		vmm_html_plot_runs(report, ids[i], to);
	fputs("</div>\n", to);
	write_table(report, ids, n, to);
	fputs("</section>\n", to);
}

static void
write_sizes(const struct vmm_report *report, FILE *to)
{
	struct vmm_table table;

	if (report->sizes == NULL)
		return;
	vmm_requested_fill(&table, report->sizes);
	fputs("<section class=\"sizes\"><h2>Sizes requested</h2>\n", to);
	vmm_html_write_table(&table, to);
	fputs("</section>\n", to);
	vmm_table_free(&table);
}

void
vmm_report_write_html(const struct vmm_report *reports, size_t n, FILE *to)
{
	write_head(reports, n, to);
	for (size_t i = 0; i < n; i++) {
		fprintf(to, "<article id=\"workload-%zu\">\n", i + 1);
		write_summary(&reports[i], to);
		write_sweep(&reports[i], to);
		write_main(&reports[i], "time", "Time", VMM_WALL, to);
		write_main(&reports[i], "memory", "Memory", VMM_PEAK, to);
		write_main(&reports[i], "cpu", "Processor time", VMM_CPU, to);
		write_metrics(&reports[i], to);
		write_series(&reports[i], to);
		write_others(&reports[i], to);
		write_counters(&reports[i], to);
		write_sizes(&reports[i], to);
		fputs("</article>\n", to);
	}
	vmm_html_write_configuration(reports[0].contenders, reports[0].n, to);
	vmm_html_end_page(to);
}
