/* SPDX-License-Identifier: BSD-3-Clause */
/* The picture of memory over time; see html_plot.h. */
#include "config.h"

#include "cli/compare/html_plot.h"
#include "cli/compare/html_scale.h"

#include <math.h>

#define MIB (1024.0 * 1024.0)

static void
write_lines(const struct vmm_report *report, const struct vmm_scale *time,
	const struct vmm_scale *memory, FILE *to)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_series *series = report->contenders[i].series;

		if (series == NULL || series->n == 0)
			continue;
		fprintf(to, "<polyline class=\"course c%zu\" points=\"",
			i % VMM_PLOT_COLOURS);
		for (size_t j = 0; j < series->n; j++)
			fprintf(to, "%s%.1f,%.1f", j > 0 ? " " : "",
				vmm_scale_get_x(time, series->points[j].time),
				vmm_scale_get_y(memory,
					(double)series->points[j].bytes / MIB));
		fputs("\"/>\n", to);
	}
}

/* Which colour is which contender. */
static void
write_legend(const struct vmm_report *report, FILE *to)
{
	fputs("<p class=\"legend\">", to);
	for (size_t i = 0; i < report->n; i++) {
		fprintf(to, "<span><span class=\"c%zu\">&#9632;</span> ",
			i % VMM_PLOT_COLOURS);
		vmm_html_text(report->contenders[i].name, to);
		fputs("</span> ", to);
	}
	fputs("</p>\n", to);
}

void
vmm_html_plot_series(const struct vmm_report *report, FILE *to)
{
	struct vmm_scale time = { 0, 0, 0, 0 };
	struct vmm_scale memory = { 0, 0, 0, 0 };

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_series *series = report->contenders[i].series;

		for (size_t j = 0; series != NULL && j < series->n; j++) {
			time.max = fmax(time.max, series->points[j].time);
			memory.max = fmax(memory.max,
				(double)series->points[j].bytes / MIB);
		}
	}
	if (time.max <= 0 || memory.max <= 0) {
		fputs("<p>No run was long enough.</p>\n", to);
		return;
	}
	vmm_scale_choose_ticks(&time);
	vmm_scale_choose_ticks(&memory);
	fprintf(to,
		"<figure><figcaption>MiB resident, of the largest process of a "
		"warm-up run</figcaption>\n<svg viewBox=\"0 0 %d %d\" "
		"role=\"img\" aria-label=\"memory over time\">\n",
		VMM_PLOT_WIDTH, VMM_PLOT_HEIGHT + VMM_PLOT_FOOT);
	vmm_scale_write(&time, " s", &memory, "", to);
	write_lines(report, &time, &memory, to);
	fputs("</svg></figure>\n", to);
	write_legend(report, to);
}
