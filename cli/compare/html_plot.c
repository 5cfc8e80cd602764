/* SPDX-License-Identifier: BSD-3-Clause */
/* Drawing runs and ratios; see html_plot.h. Sizes are in units of the SVG. */
#include "config.h"

#include "cli/compare/html_plot.h"

#include "cli/compare/ratio.h"

#include <math.h>
#include <stdlib.h>

#define WIDTH 380
#define MARGIN 14 /* left and right of the scale */
#define ROW 36	  /* per contender: its name, and below it its runs */
#define NAME_Y 13
#define DOT_Y 25
#define RADIUS 3.5
#define JITTER 3 /* up or down, so that equal runs are both seen */
#define FOOT 22	 /* for the numbers of the scale */
#define TICKS 4	 /* at least about so many */
#define COLOURS 8

struct scale {
	double min;
	double max;
	double step; /* from one tick to the next */
	int decimals;
};

void
vmm_html_text(const char *text, FILE *to)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", to);
			break;
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		case ' ':
			/* No line ends before a percent sign. */
			fputs(text[1] == '%' ? "&nbsp;" : " ", to);
			break;
		default:
			fputc(*text, to);
		}
	}
}

/* Widens the scale a little, and chooses ticks at 1, 2 or 5 times 10^n. */
static void
finish_scale(struct scale *scale)
{
	double room = (scale->max - scale->min) * 0.05;
	double power;
	double raw;

	if (room <= 0)
		room = scale->max != 0 ? fabs(scale->max) * 0.05 : 1;
	scale->min -= room;
	scale->max += room;
	raw = (scale->max - scale->min) / TICKS;
	power = pow(10, floor(log10(raw)));
	scale->step = raw >= 5 * power ? 5 * power
		: raw >= 2 * power     ? 2 * power
				       : power;
	scale->decimals = (int)-floor(log10(scale->step) + 1e-9);
	if (scale->decimals < 0)
		scale->decimals = 0;
}

static double
get_x(const struct scale *scale, double value)
{
	return MARGIN +
		(value - scale->min) / (scale->max - scale->min) *
		(WIDTH - 2 * MARGIN);
}

static void
begin_picture(const struct vmm_report *report, const struct scale *scale,
	const char *title, FILE *to)
{
	int height = (int)report->n * ROW;
	double first = ceil(scale->min / scale->step) * scale->step;

	fprintf(to,
		"<figure><figcaption>%s</figcaption>\n<svg viewBox=\"0 0 %d "
		"%d\" role=\"img\" aria-label=\"%s\">\n",
		title, WIDTH, height + FOOT, title);
	for (double tick = first; tick <= scale->max; tick += scale->step) {
		double x = get_x(scale, tick);

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
	const struct scale *scale, FILE *to)
{
	const struct vmm_contender *contender = &report->contenders[i];
	double unit = vmm_quantities[id].unit;
	double middle = get_x(scale, vmm_quantity_median(id, contender) / unit);
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
			i % COLOURS, get_x(scale, value / unit),
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
	struct scale scale = { INFINITY, -INFINITY, 0, 0 };

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
	finish_scale(&scale);
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
write_ratio(const struct vmm_ratio *ratio, size_t i, const struct scale *scale,
	FILE *to)
{
	int y = (int)i * ROW + DOT_Y;

	if (ratio->has_interval)
		fprintf(to,
			"<line class=\"interval c%zu\" x1=\"%.1f\" x2=\"%.1f\" "
			"y1=\"%d\" y2=\"%d\"/>\n",
			i % COLOURS, get_x(scale, ratio->low),
			get_x(scale, ratio->high), y, y);
	fprintf(to,
		"<circle class=\"%s c%zu\" cx=\"%.1f\" cy=\"%d\" r=\"5\">"
		"<title>%.3f",
		vmm_ratio_is_real(ratio) ? "real" : "open", i % COLOURS,
		get_x(scale, ratio->estimate), y, ratio->estimate);
	if (ratio->has_interval)
		fprintf(to, " (%.3f to %.3f)", ratio->low, ratio->high);
	fputs("</title></circle>\n", to);
}

void
vmm_html_plot_ratios(
	const struct vmm_report *report, enum vmm_quantity_id id, FILE *to)
{
	struct scale scale = { 1, 1, 0, 0 };
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
	finish_scale(&scale);
	begin_picture(report, &scale, "ratio and interval", to);
	fprintf(to,
		"<line class=\"base\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" "
		"y2=\"%d\"/>\n",
		get_x(&scale, 1), get_x(&scale, 1), (int)report->n * ROW + 4);
	for (size_t i = 0; i < report->n; i++) {
		struct vmm_ratio ratio =
			vmm_ratio_of(report, &report->contenders[i], id);

		write_name(report, i, to);
		if (ratio.is_known)
			write_ratio(&ratio, i, &scale, to);
	}
	fputs("</svg></figure>\n", to);
}
