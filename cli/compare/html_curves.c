/* SPDX-License-Identifier: BSD-3-Clause */
/* Drawing curves; see html_curves.h. */
#include "config.h"

#include "cli/compare/html_curves.h"

#include "cli/cli.h"
#include "cli/compare/html_scale.h"
#include "cli/compare/html_write.h"

#include <math.h>
#include <stdlib.h>

void
vmm_curve_init(
	struct vmm_curve *curve, const char *name, size_t colour, size_t n)
{
	*curve = (struct vmm_curve){ .name = name,
		.colour = colour,
		.x = vmm_array_new(n, sizeof(*curve->x)),
		.y = vmm_array_new(n, sizeof(*curve->y)) };
}

void
vmm_curve_add(struct vmm_curve *curve, double x, double y)
{
	curve->x[curve->n] = x;
	curve->y[curve->n++] = y;
}

void
vmm_curve_free(struct vmm_curve *curve)
{
	free(curve->x);
	free(curve->y);
}

static void
write_curve(const struct vmm_curve *curve, const struct vmm_scale *x,
	const struct vmm_scale *y, FILE *to)
{
	if (curve->n == 0)
		return;
	fprintf(to, "<polyline class=\"course c%zu%s\" points=\"",
		curve->colour % VMM_PLOT_COLOURS,
		curve->is_dashed ? " dashed" : "");
	for (size_t i = 0; i < curve->n; i++)
		fprintf(to, "%s%.1f,%.1f", i > 0 ? " " : "",
			vmm_scale_get_x(x, curve->x[i]),
			vmm_scale_get_y(y, curve->y[i]));
	fputs("\"/>\n", to);
}

/* Which colour is which curve. */
static void
write_legend(const struct vmm_curve *curves, size_t n, FILE *to)
{
	fputs("<p class=\"legend\">", to);
	for (size_t i = 0; i < n; i++) {
		fprintf(to, "<span><span class=\"c%zu\">%s</span> ",
			curves[i].colour % VMM_PLOT_COLOURS,
			curves[i].is_dashed ? "- -" : "&#9632;");
		vmm_html_text(curves[i].name, to);
		fputs("</span> ", to);
	}
	fputs("</p>\n", to);
}

void
vmm_html_plot_curves(const struct vmm_curve_picture *picture,
	const struct vmm_curve *curves, size_t n, FILE *to)
{
	struct vmm_scale x = { 0, 0, 0, 0 };
	struct vmm_scale y = { 0, 0, 0, 0 };

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < curves[i].n; j++) {
			x.max = fmax(x.max, curves[i].x[j]);
			y.max = fmax(y.max, curves[i].y[j]);
		}
	}
	if (x.max <= 0 || y.max <= 0) {
		vmm_html_write_element("<p>", picture->nothing, "</p>\n", to);
		return;
	}
	vmm_scale_choose_ticks(&x);
	vmm_scale_choose_ticks(&y);
	vmm_html_write_element("<figure><figcaption>", picture->caption,
		"</figcaption>\n", to);
	fprintf(to,
		"<svg viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"%s\">\n",
		VMM_PLOT_WIDTH, VMM_PLOT_HEIGHT + VMM_PLOT_FOOT,
		picture->label);
	vmm_scale_write(&x, picture->x_unit, &y, picture->y_unit, to);
	for (size_t i = 0; i < n; i++)
		write_curve(&curves[i], &x, &y, to);
	fputs("</svg></figure>\n", to);
	write_legend(curves, n, to);
}
