/* SPDX-License-Identifier: BSD-3-Clause */
/* Drawing bars; see html_bars.h. */
#include "config.h"

#include "cli/compare/html_bars.h"

#include "cli/compare/html_scale.h"
#include "cli/compare/html_write.h"

#include <math.h>

#define LEFT 66	 /* for names */
#define RIGHT 36 /* for numbers, right of the longest bar */
#define ROW 26
#define BAR 9
#define FIRST_COLOUR 1 /* of the classes of colours */

static void
write_bar(const struct vmm_bar *bar, size_t row, double most, FILE *to)
{
	double y = (double)row * ROW;

	fprintf(to, "<text class=\"name\" x=\"%d\" y=\"%.0f\">", LEFT - 6,
		y + BAR + 4);
	vmm_html_text(bar->name, to);
	fputs("</text>\n", to);
	for (int i = 0; i < 2; i++) {
		double width =
			bar->values[i] / most * (VMM_PLOT_WIDTH - LEFT - RIGHT);

		fprintf(to,
			"<rect class=\"bar c%d\" x=\"%d\" y=\"%.0f\" "
			"width=\"%.1f\" height=\"%d\"/>"
			"<text class=\"part\" x=\"%.1f\" y=\"%.0f\">"
			"%.*f%%</text>\n",
			FIRST_COLOUR + i, LEFT, y + i * (BAR + 1), width, BAR,
			LEFT + width + 3, y + i * (BAR + 1) + BAR - 1,
			bar->values[i] < 0.1 ? 1 : 0, 100 * bar->values[i]);
	}
}

void
vmm_html_plot_bars(const struct vmm_bar_picture *picture,
	const struct vmm_bar *bars, size_t n, FILE *to)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, fmax(bars[i].values[0], bars[i].values[1]));
	if (most <= 0) {
		vmm_html_write_element("<p>", picture->nothing, "</p>\n", to);
		return;
	}
	vmm_html_write_element("<figure><figcaption>", picture->caption,
		"</figcaption>\n", to);
	fprintf(to,
		"<svg viewBox=\"0 0 %d %zu\" role=\"img\" "
		"aria-label=\"%s\">\n",
		VMM_PLOT_WIDTH, n * ROW, picture->label);
	for (size_t i = 0; i < n; i++)
		write_bar(&bars[i], i, most, to);
	fputs("</svg></figure>\n<p class=\"legend\">", to);
	for (int i = 0; i < 2; i++)
		fprintf(to,
			"<span><span class=\"c%d\">&#9632;</span> %s</span> ",
			FIRST_COLOUR + i, picture->values[i]);
	fputs("</p>\n", to);
}
