/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of equal length; see timeline.h. */
#include "config.h"

#include "cli/trace/timeline.h"

#define WIDTH_FIRST 1000 /* ns */

static uint64_t
max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Makes each two parts one. */
static void
halve(struct vmm_trace_timeline *line)
{
	for (size_t i = 0; i < line->n; i++) {
		uint64_t most = line->most[i];

		line->most[i / 2] =
			i % 2 == 0 ? most : max(line->most[i / 2], most);
	}
	line->n = (line->n + 1) / 2;
	line->width *= 2;
}

void
vmm_trace_timeline_add(
	struct vmm_trace_timeline *line, uint64_t time, uint64_t bytes)
{
	size_t part;

	if (line->width == 0)
		line->width = WIDTH_FIRST;
	while (time / line->width >= VMM_TRACE_PARTS_MAX)
		halve(line);
	part = (size_t)(time / line->width);
	for (; line->n <= part; line->n++)
		line->most[line->n] = line->last;
	line->most[part] = max(line->most[part], bytes);
	line->last = bytes;
}

uint64_t
vmm_trace_timeline_get(
	const struct vmm_trace_timeline *line, size_t i, size_t n)
{
	size_t first = i * line->n / n;
	size_t end = (i + 1) * line->n / n;
	uint64_t most = 0;

	do {
		if (first < line->n)
			most = max(most, line->most[first]);
	} while (++first < end);
	return most;
}
