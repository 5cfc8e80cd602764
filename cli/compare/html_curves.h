/* SPDX-License-Identifier: BSD-3-Clause */
/* A picture of several curves over the same horizontal scale, as SVG. */
#ifndef VMM_HTML_CURVES_H
#define VMM_HTML_CURVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct vmm_curve {
	const char *name;
	size_t colour; /* the number of a contender */
	bool is_dashed;
	double *x; /* from 0 on, in order; for vmm_curve_free */
	double *y;
	size_t n;
};

struct vmm_curve_picture {
	const char *caption;
	const char *label;  /* for those who do not see it */
	const char *x_unit; /* after each number of a scale: " s", or "" */
	const char *y_unit;
	const char *nothing; /* a sentence in its place if it is empty */
};

/* A curve of up to n points, and one more point. */
void vmm_curve_init(
	struct vmm_curve *curve, const char *name, size_t colour, size_t n);
void vmm_curve_add(struct vmm_curve *curve, double x, double y);
void vmm_curve_free(struct vmm_curve *curve);

/* Writes the picture, and below it which colour is which curve. */
void vmm_html_plot_curves(const struct vmm_curve_picture *picture,
	const struct vmm_curve *curves, size_t n, FILE *to);

#endif /* VMM_HTML_CURVES_H */
