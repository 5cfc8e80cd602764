/* SPDX-License-Identifier: BSD-3-Clause */
/* Scales of pictures; see html_scale.h. */
#include "config.h"

#include "cli/compare/html_scale.h"

#include <math.h>

#define TICKS 4 /* about the fewest */

void
vmm_scale_choose_ticks(struct vmm_scale *scale)
{
	double raw = (scale->max - scale->min) / TICKS;
	double power = pow(10, floor(log10(raw)));

	scale->step = raw >= 5 * power ? 5 * power
		: raw >= 2 * power     ? 2 * power
				       : power;
	scale->decimals = (int)-floor(log10(scale->step) + 1e-9);
	if (scale->decimals < 0)
		scale->decimals = 0;
}

void
vmm_scale_finish(struct vmm_scale *scale)
{
	double room = (scale->max - scale->min) * 0.05;

	if (room <= 0)
		room = scale->max != 0 ? fabs(scale->max) * 0.05 : 1;
	scale->min -= room;
	scale->max += room;
	vmm_scale_choose_ticks(scale);
}

double
vmm_scale_get_x(const struct vmm_scale *scale, double value)
{
	return VMM_PLOT_MARGIN +
		(value - scale->min) / (scale->max - scale->min) *
		(VMM_PLOT_WIDTH - 2 * VMM_PLOT_MARGIN);
}

double
vmm_scale_get_y(const struct vmm_scale *scale, double value)
{
	return VMM_PLOT_HEIGHT - value / scale->max * (VMM_PLOT_HEIGHT - 16);
}

void
vmm_scale_write(const struct vmm_scale *x, const char *x_unit,
	const struct vmm_scale *y, const char *y_unit, FILE *to)
{
	for (double tick = 0; tick <= y->max; tick += y->step) {
		double at = vmm_scale_get_y(y, tick);

		fprintf(to,
			"<line class=\"tick\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
			"y2=\"%.1f\"/><text class=\"left\" x=\"2\" "
			"y=\"%.1f\">%.*f%s</text>\n",
			VMM_PLOT_MARGIN, VMM_PLOT_WIDTH, at, at, at - 3,
			y->decimals, tick, y_unit);
	}
	for (double tick = x->step; tick <= x->max; tick += x->step)
		fprintf(to,
			"<text class=\"number\" x=\"%.1f\" y=\"%d\">%.*f%s"
			"</text>\n",
			vmm_scale_get_x(x, tick),
			VMM_PLOT_HEIGHT + VMM_PLOT_FOOT - 4, x->decimals, tick,
			x_unit);
}
