/* SPDX-License-Identifier: BSD-3-Clause */
/* The scales of a picture, in units of the SVG. */
#ifndef VMM_HTML_SCALE_H
#define VMM_HTML_SCALE_H

#include <stdio.h>

#define VMM_PLOT_WIDTH 380
#define VMM_PLOT_MARGIN 14 /* left and right of the scale */
#define VMM_PLOT_COLOURS 8 /* of contenders, classes c0 and so on */

/* Of a picture with a vertical scale, which begins at 0 */
#define VMM_PLOT_HEIGHT 180 /* of the lines */
#define VMM_PLOT_FOOT 22    /* for the numbers of the horizontal scale */

struct vmm_scale {
	double min;
	double max;
	double step; /* from one tick to the next */
	int decimals;
};

/*
 * Chooses ticks, at 1, 2 or 5 times 10^n, for a scale with min and max, after
 * making room around them: 5 % on either side.
 */
void vmm_scale_finish(struct vmm_scale *scale);

/* The same without room. */
void vmm_scale_choose_ticks(struct vmm_scale *scale);

double vmm_scale_get_x(const struct vmm_scale *scale, double value);

/* On a vertical scale. */
double vmm_scale_get_y(const struct vmm_scale *scale, double value);

/*
 * Writes the lines and the numbers of both scales; each unit follows the
 * numbers of its scale.
 */
void vmm_scale_write(const struct vmm_scale *x, const char *x_unit,
	const struct vmm_scale *y, const char *y_unit, FILE *to);

#endif /* VMM_HTML_SCALE_H */
