/* SPDX-License-Identifier: BSD-3-Clause */
/* All runs of a comparison as comma-separated values, after RFC 4180. */
#include "config.h"

#include "cli/compare/quantity.h"
#include "cli/compare/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static void
write_text(const char *text, FILE *to)
{
	fputc('"', to);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void
write_run(const struct vmm_contender *contender, size_t i, FILE *to)
{
	const struct vmm_sample *sample = &contender->samples[i];

	write_text(contender->name, to);
	fprintf(to, ",%zu", i + 1);
	for (size_t j = 0; j < VMM_N_QUANTITIES; j++) {
		double value;

		if (vmm_quantities[j].title == NULL)
			continue;
		value = vmm_quantities[j].get(sample);

		if (value < 0)
			fputs(",", to); /* not known */
		else
			fprintf(to, ",%.*f", vmm_quantities[j].is_whole ? 0 : 6,
				value);
	}
	if (WIFSIGNALED(sample->status))
		fprintf(to, ",,%d\r\n", WTERMSIG(sample->status));
	else
		fprintf(to, ",%d,\r\n", WEXITSTATUS(sample->status));
}

static void
write_runs(const struct vmm_report *report, FILE *to)
{
	char *title = vmm_report_title(report->workload);

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		for (size_t j = 0; j < contender->n; j++) {
			write_text(title, to);
			fputc(',', to);
			write_run(contender, j, to);
		}
	}
	free(title);
}

void
vmm_report_write_csv(const struct vmm_report *reports, size_t n, FILE *to)
{
	fputs("workload,contender,run", to);
	for (size_t i = 0; i < VMM_N_QUANTITIES; i++) {
		if (vmm_quantities[i].title == NULL)
			continue;
		fputc(',', to);
		if (i < VMM_METRIC)
			fputs(vmm_quantities[i].key, to);
		else
			write_text(vmm_quantities[i].key, to);
	}
	fputs(",exit_status,signal\r\n", to);
	for (size_t i = 0; i < n; i++)
		write_runs(&reports[i], to);
}
