/* SPDX-License-Identifier: BSD-3-Clause */
/* The picture of memory over time; see html_plot.h. */
#include "config.h"

#include "cli/compare/html_plot.h"

#include "cli/cli.h"
#include "cli/compare/html_curves.h"

#include <stdlib.h>

#define MIB (1024.0 * 1024.0)

void
vmm_html_plot_series(const struct vmm_report *report, FILE *to)
{
	static const struct vmm_curve_picture picture = {
		.caption = "MiB resident, of the largest process of a warm-up "
			   "run",
		.label = "memory over time",
		.x_unit = " s",
		.y_unit = "",
		.nothing = "No warm-up run was long enough.",
	};
	struct vmm_curve *curves = vmm_array_new(report->n, sizeof(*curves));

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_series *series = report->contenders[i].series;

		vmm_curve_init(&curves[i], report->contenders[i].name, i,
			series != NULL ? series->n : 0);
		for (size_t j = 0; series != NULL && j < series->n; j++)
			vmm_curve_add(&curves[i], series->points[j].time,
				(double)series->points[j].bytes / MIB);
	}
	vmm_html_plot_curves(&picture, curves, report->n, to);
	for (size_t i = 0; i < report->n; i++)
		vmm_curve_free(&curves[i]);
	free(curves);
}
