/* SPDX-License-Identifier: BSD-3-Clause */
/* The picture of time against near memory; see html_plot.h. */
#include "config.h"

#include "cli/compare/html_plot.h"
#include "cli/compare/html_scale.h"
#include "cli/compare/sweep.h"

#include <math.h>

#define MIB (1024.0 * 1024.0)

static bool
has_point(const struct vmm_contender *contender)
{
	return !contender->has_failed &&
		vmm_quantity_median(VMM_WALL, contender) >= 0;
}

/* The contenders in the order of their near memory. */
static void
sort(const struct vmm_report *report, size_t order[VMM_SWEEP_MAX])
{
	for (size_t i = 0; i < report->n; i++) {
		size_t j = i;

		for (; j > 0 &&
			report->contenders[order[j - 1]].point->percent >
				report->contenders[i].point->percent;
			j--)
			order[j] = order[j - 1];
		order[j] = i;
	}
}

static void
write_line(const struct vmm_report *report, const struct vmm_scale *near,
	const struct vmm_scale *time, FILE *to)
{
	size_t order[VMM_SWEEP_MAX];

	sort(report, order);
	fputs("<polyline class=\"course c2\" points=\"", to);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *c = &report->contenders[order[i]];

		if (has_point(c))
			fprintf(to, "%.1f,%.1f ",
				vmm_scale_get_x(
					near, (double)c->point->bytes / MIB),
				vmm_scale_get_y(time,
					vmm_quantity_median(VMM_WALL, c)));
	}
	fputs("\"/>\n", to);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *c = &report->contenders[i];

		if (has_point(c))
			fprintf(to,
				"<circle class=\"real c2\" cx=\"%.1f\" "
				"cy=\"%.1f\" r=\"4\"><title>%d %%: %.3f s"
				"</title></circle>\n",
				vmm_scale_get_x(
					near, (double)c->point->bytes / MIB),
				vmm_scale_get_y(
					time, vmm_quantity_median(VMM_WALL, c)),
				c->point->percent,
				vmm_quantity_median(VMM_WALL, c));
	}
}

void
vmm_html_plot_sweep(const struct vmm_report *report, FILE *to)
{
	struct vmm_scale near = { 0, 0, 0, 0 };
	struct vmm_scale time = { 0, 0, 0, 0 };

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *c = &report->contenders[i];

		near.max = fmax(near.max, (double)c->point->bytes / MIB);
		if (has_point(c))
			time.max = fmax(
				time.max, vmm_quantity_median(VMM_WALL, c));
	}
	if (near.max <= 0 || time.max <= 0)
		return;
	vmm_scale_choose_ticks(&near);
	vmm_scale_choose_ticks(&time);
	fprintf(to,
		"<figure><figcaption>median time against MiB of near memory"
		"</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"time against near memory\">\n",
		VMM_PLOT_WIDTH, VMM_PLOT_HEIGHT + VMM_PLOT_FOOT);
	vmm_scale_write(&near, "", &time, " s", to);
	write_line(report, &near, &time, to);
	fputs("</svg></figure>\n", to);
}
