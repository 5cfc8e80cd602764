/* SPDX-License-Identifier: BSD-3-Clause */
/* Drawing runs and ratios; see html_plot.h. Sizes are in units of the SVG. */
#include "config.h"

#include "cli/compare/html_plot.h"

#include "cli/compare/html_scale.h"
#include "cli/compare/ratio.h"

#include <math.h>
#include <stdlib.h>

#define ROW 36 /* per contender: its name, and below it its runs */
#define NAME_Y 13
#define DOT_Y 25
#define RADIUS 3.5
#define JITTER 3 /* up or down, so that equal runs are both seen */
#define FOOT 22	 /* for the numbers of the scale */

static void
begin_picture(const struct vmm_report *report, const struct vmm_scale *scale,
	const char *title, FILE *to)
{
	int height = (int)report->n * ROW;
	double first = ceil(scale->min / scale->step) * scale->step;

	fprintf(to,
		"<figure><figcaption>%s</figcaption>\n<svg viewBox=\"0 0 %d "
		"%d\" role=\"img\" aria-label=\"%s\">\n",
		title, VMM_PLOT_WIDTH, height + FOOT, title);
	for (double tick = first; tick <= scale->max; tick += scale->step) {
		double x = vmm_scale_get_x(scale, tick);

		fprintf(to,
			"<line class=\"tick\" x1=\"%.1f\" x2=\"%.1f\" "
			"y1=\"0\" y2=\"%d\"/>"
			"<text class=\"number\" x=\"%.1f\" y=\"%d\">%.*f"
			"</text>\n",
			x, x, height + 4, x, height + FOOT - 4, scale->decimals,
			fabs(tick) < scale->step / 2 ? 0 : tick);
	}
}

static void
write_name(const struct vmm_report *report, size_t i, FILE *to)
{
	fprintf(to, "<text x=\"2\" y=\"%d\">", (int)i * ROW + NAME_Y);
	vmm_html_text(report->contenders[i].name, to);
	if (report->contenders[i].has_failed)
		fputs(": failed", to);
	fputs("</text>\n", to);
}

static void
write_runs(const struct vmm_report *report, size_t i, enum vmm_quantity_id id,
	const struct vmm_scale *scale, FILE *to)
{
	const struct vmm_contender *contender = &report->contenders[i];
	double unit = vmm_quantities[id].unit;
	double middle = vmm_scale_get_x(
		scale, vmm_quantity_median(id, contender) / unit);
	int y = (int)i * ROW + DOT_Y;

	for (size_t j = 0; j < contender->n; j++) {
		double value = vmm_quantities[id].get(&contender->samples[j]);
		char *text;

		if (value < 0)
			continue;
		text = vmm_quantity_format(id, value);
		fprintf(to,
			"<circle class=\"run c%zu\" cx=\"%.1f\" cy=\"%.1f\" "
			"r=\"%.1f\"><title>run %zu: %s</title></circle>\n",
			i % VMM_PLOT_COLOURS,
			vmm_scale_get_x(scale, value / unit),
			y + JITTER * ((double)(j % 3) - 1), RADIUS, j + 1,
			text);
		free(text);
	}
	fprintf(to,
		"<line class=\"median\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" "
		"y2=\"%d\"/>\n",
		middle, middle, y - 8, y + 8);
}

void
vmm_html_plot_runs(
	const struct vmm_report *report, enum vmm_quantity_id id, FILE *to)
{
	const struct vmm_quantity *quantity = &vmm_quantities[id];
	struct vmm_scale scale = { INFINITY, -INFINITY, 0, 0 };

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		for (size_t j = 0; j < contender->n; j++) {
			double value = quantity->get(&contender->samples[j]) /
				quantity->unit;

			if (value < 0)
				continue;
			scale.min = fmin(scale.min, value);
			scale.max = fmax(scale.max, value);
		}
	}
	if (scale.min > scale.max)
		return; /* no run knows it */
	vmm_scale_finish(&scale);
	begin_picture(report, &scale, quantity->title, to);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		write_name(report, i, to);
		if (!contender->has_failed && contender->n > 0 &&
			vmm_quantity_median(id, contender) >= 0)
			write_runs(report, i, id, &scale, to);
	}
	fputs("</svg></figure>\n", to);
}

static void
write_ratio(const struct vmm_ratio *ratio, size_t i,
	const struct vmm_scale *scale, FILE *to)
{
	int y = (int)i * ROW + DOT_Y;

	if (ratio->has_interval)
		fprintf(to,
			"<line class=\"interval c%zu\" x1=\"%.1f\" x2=\"%.1f\" "
			"y1=\"%d\" y2=\"%d\"/>\n",
			i % VMM_PLOT_COLOURS,
			vmm_scale_get_x(scale, ratio->low),
			vmm_scale_get_x(scale, ratio->high), y, y);
	fprintf(to,
		"<circle class=\"%s c%zu\" cx=\"%.1f\" cy=\"%d\" r=\"5\">"
		"<title>%.3f",
		vmm_ratio_is_real(ratio) ? "real" : "open",
		i % VMM_PLOT_COLOURS, vmm_scale_get_x(scale, ratio->estimate),
		y, ratio->estimate);
	if (ratio->has_interval)
		fprintf(to, " (%.3f to %.3f)", ratio->low, ratio->high);
	fputs("</title></circle>\n", to);
}

void
vmm_html_plot_ratios(
	const struct vmm_report *report, enum vmm_quantity_id id, FILE *to)
{
	struct vmm_scale scale = { 1, 1, 0, 0 };
	size_t known = 0;

	for (size_t i = 0; i < report->n; i++) {
		struct vmm_ratio ratio =
			vmm_ratio_of(report, &report->contenders[i], id);

		if (!ratio.is_known)
			continue;
		known++;
		scale.min = fmin(scale.min,
			ratio.has_interval ? ratio.low : ratio.estimate);
		scale.max = fmax(scale.max,
			ratio.has_interval ? ratio.high : ratio.estimate);
	}
	if (known == 0)
		return;
	vmm_scale_finish(&scale);
	begin_picture(report, &scale, "ratio and interval", to);
	fprintf(to,
		"<line class=\"base\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" "
		"y2=\"%d\"/>\n",
		vmm_scale_get_x(&scale, 1), vmm_scale_get_x(&scale, 1),
		(int)report->n * ROW + 4);
	for (size_t i = 0; i < report->n; i++) {
		struct vmm_ratio ratio =
			vmm_ratio_of(report, &report->contenders[i], id);

		write_name(report, i, to);
		if (ratio.is_known)
			write_ratio(&ratio, i, &scale, to);
	}
	fputs("</svg></figure>\n", to);
}
