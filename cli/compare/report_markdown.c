/* SPDX-License-Identifier: BSD-3-Clause */
/* A comparison as Markdown with tables, for a pull request. */
#include "config.h"

#include "cli/compare/ratio.h"
#include "cli/compare/report.h"
#include "cli/compare/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Characters that mean something in a cell get a backslash. */
static void
write_cell(const char *text, FILE *to)
{
	for (; *text != '\0'; text++) {
		if (strchr("|\\`*_[]<>", *text) != NULL)
			fputc('\\', to);
		fputc(*text == '\n' ? ' ' : *text, to);
	}
}

static void
write_ratio(const struct vmm_report *report,
	const struct vmm_contender *contender, enum vmm_quantity_id id,
	FILE *to)
{
	struct vmm_ratio ratio = vmm_ratio_of(report, contender, id);
	const char *mark = vmm_ratio_is_real(&ratio) ? "**" : "";

	if (!ratio.is_known)
		fputs(" - | |", to);
	else if (!ratio.has_interval)
		fprintf(to, " %.3f | - |", ratio.estimate);
	else
		fprintf(to, " %s%.3f%s | %.3f to %.3f |", mark, ratio.estimate,
			mark, ratio.low, ratio.high);
}

static void
write_median(const struct vmm_contender *contender, enum vmm_quantity_id id,
	FILE *to)
{
	char *text =
		vmm_quantity_format(id, vmm_quantity_median(id, contender));

	fprintf(to, " %s |", text);
	free(text);
}

static bool
has_ratio(enum vmm_quantity_id id)
{
	return vmm_quantities[id].name != NULL;
}

static bool
is_shown(const struct vmm_report *report, enum vmm_quantity_id id)
{
	return id <= VMM_POOL ||
		vmm_quantity_is_known(id, report->contenders, report->n);
}

static void
write_headline(const struct vmm_report *report, FILE *to)
{
	fputs("\n| contender |", to);
	for (size_t i = 0; i < VMM_N_QUANTITIES; i++) {
		if (!is_shown(report, i))
			continue;
		fputc(' ', to);
		write_cell(vmm_quantities[i].title, to);
		fputs(has_ratio(i) ? " | ratio | interval |" : " |", to);
	}
	fputs("\n| --- |", to);
	for (size_t i = 0; i < VMM_N_QUANTITIES; i++) {
		if (is_shown(report, i))
			fputs(has_ratio(i) ? " ---: | ---: | --- |" : " ---: |",
				to);
	}
	fputc('\n', to);
}

static void
write_row(const struct vmm_report *report,
	const struct vmm_contender *contender, FILE *to)
{
	fputs("| ", to);
	write_cell(contender->name, to);
	fputs(" |", to);
	for (size_t i = 0; i < VMM_N_QUANTITIES; i++) {
		if (!is_shown(report, i))
			continue;
		if (contender->has_failed)
			fputs(i == VMM_WALL ? " failed |" : " |", to);
		else
			write_median(contender, i, to);
		if (has_ratio(i))
			write_ratio(report, contender, i, to);
	}
	fputc('\n', to);
}

static void
write_sentence(char *sentence, FILE *to)
{
	if (sentence != NULL) {
		fputs("- ", to);
		write_cell(sentence, to);
		fputc('\n', to);
	}
	free(sentence);
}

static void
write_report(const struct vmm_report *report, FILE *to)
{
	char *command = vmm_report_title(report->workload);
	char *design = vmm_report_design(report, "bold");

	fputs("### ", to);
	write_cell(command, to);
	fputs("\n\n", to);
	write_sentence(vmm_summary_of_failures(report), to);
	for (size_t i = 0; i < VMM_N_MAIN; i++)
		write_sentence(
			vmm_summary_of(report, vmm_main_quantities[i]), to);
	for (size_t i = VMM_METRIC; i < VMM_N_QUANTITIES; i++)
		write_sentence(vmm_summary_of(report, i), to);
	if (report->noise != NULL) {
		fputs("- Noisy machine: ", to);
		write_cell(report->noise, to);
		fputc('\n', to);
	}
	write_headline(report, to);
	for (size_t i = 0; i < report->n; i++)
		write_row(report, &report->contenders[i], to);
	fputc('\n', to);
	write_cell(design, to);
	fputc('\n', to);
	free(command);
	free(design);
}

void
vmm_report_write_markdown(const struct vmm_report *reports, size_t n, FILE *to)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputc('\n', to);
		write_report(&reports[i], to);
	}
}
