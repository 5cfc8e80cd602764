/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of a page that hold for all of its workloads; see html_page.h. */
#include "config.h"

#include "cli/compare/html_page.h"

#include "cli/compare/html_plot.h"
#include "cli/compare/machine.h"
#include "cli/compare/ratio.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
write_overview_row(const struct vmm_report *report, size_t number,
	enum vmm_quantity_id id, FILE *to)
{
	char *title = vmm_report_title(report->workload);

	fprintf(to, "<tr><td><a href=\"#workload-%zu\">", number);
	vmm_html_text(title, to);
	fputs("</a></td>", to);
	for (size_t i = 0; i < report->n; i++) {
		struct vmm_ratio ratio =
			vmm_ratio_of(report, &report->contenders[i], id);

		if (ratio.is_known)
			fprintf(to, "<td>%.3f%s</td>", ratio.estimate,
				vmm_ratio_is_real(&ratio) ? " *" : "");
		else
			fprintf(to, "<td>%s</td>",
				report->contenders[i].has_failed ? "failed"
								 : "-");
	}
	fputs("</tr>\n", to);
	free(title);
}

void
vmm_html_write_overview(const struct vmm_report *reports, size_t n, FILE *to)
{
	static const enum vmm_quantity_id ids[] = { VMM_WALL, VMM_PEAK,
		VMM_CPU };
	static const char *const titles[] = { "time", "memory",
		"processor time" };

	fprintf(to, "<section id=\"overview\"><h1>%zu workloads</h1>\n", n);
	vmm_html_write_element("<p class=\"design\">Ratios to ",
		vmm_contenders_base(reports[0].contenders, reports[0].n)->name,
		"; *: a real difference.</p>\n", to);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		fputs("<div class=\"wide\"><table><tr>", to);
		vmm_html_write_element("<th>Ratio of ", titles[i], "</th>", to);
		for (size_t j = 0; j < reports[0].n; j++)
			vmm_html_write_element("<th>",
				reports[0].contenders[j].name, "</th>", to);
		fputs("</tr>\n", to);
		for (size_t j = 0; j < n; j++)
			write_overview_row(&reports[j], j + 1, ids[i], to);
		fputs("</table></div>\n", to);
	}
	fputs("</section>\n", to);
}

/* "native 1.3.0, pool in ram, MALLOC_CONF=narenas:1" */
static void
write_contender(const struct vmm_contender *contender, FILE *to)
{
	const struct vmm_plugin *plugin = contender->plugin;

	vmm_html_write_element("<tr><td>", contender->name, "</td><td>", to);
	if (contender->library != NULL) {
		vmm_html_write_element("library ", contender->library, "", to);
	} else if (plugin != NULL) {
		vmm_html_write_element("backend ", plugin->name, "", to);
		if (plugin->library_version != NULL)
			vmm_html_write_element(
				" ", plugin->library_version, "", to);
		vmm_html_write_element(
			", pool in ", contender->settings->pool_dir, "", to);
	} else {
		fputs("the system's allocator", to);
	}
	for (size_t i = 0; i < contender->n_variables; i++)
		vmm_html_write_element(", ", contender->variables[i], "", to);
	fputs("</td></tr>\n", to);
}

/* Characters that mean nothing to a shell. */
#define PLAIN                        \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz" \
	"0123456789_./,:=@%+-"

static void
write_word(const char *word, FILE *to)
{
	bool is_plain = word[0] != '\0' && word[strspn(word, PLAIN)] == '\0';

	if (!is_plain)
		fputc('\'', to);
	for (; *word != '\0'; word++) {
		char text[2] = { *word, '\0' };

		if (*word == '\'')
			fputs("'\\''", to);
		else
			vmm_html_text(text, to);
	}
	fputs(is_plain ? " " : "' ", to);
}

/*
 * This process's own command line, for a shell, after the variables of the
 * library that it was called with.
 */
static void
write_command(FILE *to)
{
	FILE *words = fopen("/proc/self/cmdline", "re");
	char *word = NULL;
	size_t size = 0;

	if (words == NULL)
		return;
	fputs("<section id=\"command\"><h2>Command</h2>\n<pre>", to);
	for (char **set = environ; *set != NULL; set++) {
		size_t name = strcspn(*set, "=") + 1;

		if (strncmp(*set, "VMMALLOC_", 9) != 0)
			continue;
		fprintf(to, "%.*s", (int)name, *set);
		write_word(*set + name, to);
	}
	while (getdelim(&word, &size, '\0', words) > 0)
		write_word(word, to);
	fputs("</pre></section>\n", to);
	free(word);
	fclose(words);
}

static void
write_date(FILE *to)
{
	time_t now = time(NULL);
	char date[32] = "";
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &tm);
	vmm_html_write_element(
		"<tr><td>Date</td><td>", date, "</td></tr>\n", to);
}

void
vmm_html_write_configuration(
	const struct vmm_contender *contenders, size_t n, FILE *to)
{
	size_t n_properties;
	struct vmm_property *properties = vmm_machine_describe(&n_properties);

	fputs("<section id=\"contenders\"><h2>Contenders</h2>\n"
	      "<table class=\"words\">\n",
		to);
	for (size_t i = 0; i < n; i++)
		write_contender(&contenders[i], to);
	fputs("</table></section>\n<section id=\"machine\"><h2>Machine</h2>\n"
	      "<table class=\"words\">\n",
		to);
	write_date(to);
	for (size_t i = 0; i < n_properties; i++) {
		vmm_html_write_element(
			"<tr><td>", properties[i].title, "</td>", to);
		vmm_html_write_element(
			"<td>", properties[i].value, "</td></tr>\n", to);
	}
	fputs("</table></section>\n", to);
	vmm_machine_free(properties, n_properties);
	write_command(to);
}
