/* SPDX-License-Identifier: BSD-3-Clause */
/* A comparison as a page of HTML that needs no other file; see report.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/compare/html_plot.h"
#include "cli/compare/html_style.h"
#include "cli/compare/machine.h"
#include "cli/compare/ratio.h"
#include "cli/compare/report.h"
#include "cli/compare/summary.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void
write_element(const char *begin, const char *text, const char *end, FILE *to)
{
	fputs(begin, to);
	vmm_html_text(text, to);
	fputs(end, to);
}

static void
write_sentence(
	const struct vmm_report *report, enum vmm_quantity_id id, FILE *to)
{
	char *sentence = vmm_summary_of(report, id);

	if (sentence != NULL)
		write_element("<p class=\"summary\">", sentence, "</p>\n", to);
	free(sentence);
}

static void
write_head(const struct vmm_report *report, FILE *to)
{
	char *command = vmm_report_command(report->workload);
	char *design = vmm_report_design(report, "*");
	time_t now = time(NULL);
	char date[32] = "";
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &tm);
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
	      "charset=\"utf-8\">\n<meta name=\"viewport\" "
	      "content=\"width=device-width,initial-scale=1\">\n",
		to);
	write_element("<title>vmmalloc compare: ", command, "</title>\n", to);
	fputs("<style>\n" VMM_HTML_STYLE "</style></head><body>\n", to);
	write_element("<h1>", command, "</h1>\n", to);
	write_sentence(report, VMM_WALL, to);
	write_sentence(report, VMM_PEAK, to);
	if (report->noise != NULL)
		write_element("<p class=\"noise\">Noisy machine: ",
			report->noise, "</p>\n", to);
	write_element("<p class=\"design\">", design, ". ", to);
	write_element("Made ", date, ".</p>\n", to);
	free(command);
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
		write_element(
			"<th>", vmm_quantities[ids[i]].title, "</th>", to);
	fputs(n == 1 ? "<th>ratio</th><th>95 % interval</th></tr>\n"
		     : "</tr>\n",
		to);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		write_element("<tr><td>", contender->name, "</td>", to);
		for (size_t j = 0; j < n; j++) {
			char *text = vmm_quantity_format(
				ids[j], vmm_quantity_median(ids[j], contender));

			write_element("<td>",
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
write_main(const struct vmm_report *report, const char *id, const char *title,
	enum vmm_quantity_id quantity, FILE *to)
{
	fprintf(to, "<section id=\"%s\"><h2>%s</h2>\n<div class=\"figures\">\n",
		id, title);
	vmm_html_plot_runs(report, quantity, to);
	vmm_html_plot_ratios(report, quantity, to);
	fputs("</div>\n", to);
	write_table(report, &quantity, 1, to);
	fputs("</section>\n", to);
}

static void
write_series(const struct vmm_report *report, FILE *to)
{
	fputs("<section id=\"series\"><h2>Memory over time</h2>\n", to);
	vmm_html_plot_series(report, to);
	fputs("</section>\n", to);
}

static void
write_others(const struct vmm_report *report, FILE *to)
{
	static const enum vmm_quantity_id ids[] = { VMM_USER, VMM_SYS,
		VMM_MINOR_FAULTS, VMM_MAJOR_FAULTS, VMM_POOL };
	static const enum vmm_quantity_id counts[] = { VMM_INSTRUCTIONS,
		VMM_CACHE_MISSES, VMM_TLB_MISSES };

	fputs("<section id=\"faults\"><h2>Page faults and more</h2>\n"
	      "<div class=\"figures\">\n",
		to);
	vmm_html_plot_runs(report, VMM_MINOR_FAULTS, to);
	vmm_html_plot_runs(report, VMM_POOL, to);
	fputs("</div>\n", to);
	write_table(report, ids, sizeof(ids) / sizeof(ids[0]), to);
	if (vmm_quantity_is_known(
		    VMM_INSTRUCTIONS, report->contenders, report->n))
		write_table(
			report, counts, sizeof(counts) / sizeof(counts[0]), to);
	fputs("</section>\n", to);
}

/* "native 1.3.0, pool in ram, MALLOC_CONF=narenas:1" */
static void
write_contender(const struct vmm_contender *contender, FILE *to)
{
	const struct vmm_plugin *plugin = contender->plugin;

	write_element("<tr><td>", contender->name, "</td><td>", to);
	if (contender->library != NULL) {
		write_element("library ", contender->library, "", to);
	} else if (plugin != NULL) {
		write_element("backend ", plugin->name, "", to);
		if (plugin->library_version != NULL)
			write_element(" ", plugin->library_version, "", to);
		write_element(
			", pool in ", contender->settings->pool_dir, "", to);
	} else {
		fputs("the system's allocator", to);
	}
	for (size_t i = 0; i < contender->n_variables; i++)
		write_element(", ", contender->variables[i], "", to);
	fputs("</td></tr>\n", to);
}

static void
write_configuration(const struct vmm_report *report, FILE *to)
{
	size_t n;
	struct vmm_property *properties = vmm_machine_describe(&n);

	fputs("<section id=\"contenders\"><h2>Contenders</h2>\n"
	      "<table class=\"words\">\n",
		to);
	for (size_t i = 0; i < report->n; i++)
		write_contender(&report->contenders[i], to);
	fputs("</table></section>\n<section id=\"machine\"><h2>Machine</h2>\n"
	      "<table class=\"words\">\n",
		to);
	for (size_t i = 0; i < n; i++) {
		write_element("<tr><td>", properties[i].title, "</td>", to);
		write_element("<td>", properties[i].value, "</td></tr>\n", to);
	}
	fputs("</table></section>\n", to);
	vmm_machine_free(properties, n);
}

/* The words of this process's own command line, quoted for a shell. */
static void
write_command(FILE *to)
{
	FILE *words = fopen("/proc/self/cmdline", "re");
	bool is_open = false; /* inside quotes */
	int c;

	if (words == NULL)
		return;
	fputs("<section id=\"command\"><h2>Command</h2>\n<pre>", to);
	while ((c = fgetc(words)) != EOF) {
		char text[2] = { (char)c, '\0' };

		if (c == '\0') {
			fputs(is_open ? "' " : "'' ", to);
			is_open = false;
			continue;
		}
		if (!is_open)
			fputc('\'', to);
		is_open = true;
		if (c == '\'')
			fputs("'\\''", to);
		else
			vmm_html_text(text, to);
	}
	fputs("</pre></section>\n", to);
	fclose(words);
}

void
vmm_report_write_html(const struct vmm_report *report, FILE *to)
{
	write_head(report, to);
	write_main(report, "time", "Time", VMM_WALL, to);
	write_main(report, "memory", "Memory", VMM_PEAK, to);
	write_series(report, to);
	write_others(report, to);
	write_configuration(report, to);
	write_command(to);
	fputs("</body></html>\n", to);
}
