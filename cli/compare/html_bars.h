/* SPDX-License-Identifier: BSD-3-Clause */
/* A picture of horizontal bars, as SVG. */
#ifndef VMM_HTML_BARS_H
#define VMM_HTML_BARS_H

#include <stddef.h>
#include <stdio.h>

struct vmm_bar {
	char *name;	  /* left of it, as short as a number */
	double values[2]; /* parts of the whole, from 0 to 1: two bars */
};

struct vmm_bar_picture {
	const char *caption;
	const char *label;     /* for those who do not see it */
	const char *values[2]; /* what the two bars of each name are */
	const char *nothing;   /* a sentence in its place if it is empty */
};

/* Writes the picture, and below it which colour is which value. */
void vmm_html_plot_bars(const struct vmm_bar_picture *picture,
	const struct vmm_bar *bars, size_t n, FILE *to);

#endif /* VMM_HTML_BARS_H */
