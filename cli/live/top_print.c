/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of vmmalloc top; see top.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/doctor.h"
#include "cli/live/top.h"
#include "cli/sparkline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A text that is printed with a limit on its width. */
struct line {
	const struct vmm_top_look *look;
	FILE *to;
	int column;
};

/* A character is one column wide: its later bytes begin with the bits 10. */
static void
print(struct line *line, const char *text)
{
	int limit = line->look->columns;

	for (; *text != '\0'; text++) {
		bool is_first = (*text & 0xc0) != 0x80;

		if (is_first && limit > 0 && line->column == limit)
			return;
		line->column += is_first;
		fputc(*text, line->to);
	}
}

static void
end(struct line *line)
{
	fprintf(line->to, "%s\n", line->look->line_end);
	line->column = 0;
}

static void
print_bytes(struct line *line, double bytes, int width)
{
	char text[VMM_DOCTOR_BYTES];
	char *cell = bytes >= 0 && bytes < (double)VMMALLOC_PAGE_UNKNOWN
		? vmm_text(
			  "%*s", width, vmm_doctor_bytes(text, (uint64_t)bytes))
		: vmm_text("%*s", width, "-");

	print(line, cell);
	free(cell);
}

static void
print_rate(struct line *line, double rate)
{
	char *cell = rate >= 0 ? vmm_text("%9.1f", rate) : vmm_text("%9s", "-");

	print(line, cell);
	free(cell);
}

/* The height of each column is that of its part of the highest one. */
static void
print_history(struct line *line, const struct vmm_top_row *row)
{
	uint64_t most = 1;

	for (unsigned int i = 0; i < row->n_history; i++)
		if (row->history[i] > most)
			most = row->history[i];
	print(line, " ");
	for (unsigned int i = row->n_history; i < VMM_TOP_HISTORY; i++)
		print(line, " ");
	for (unsigned int i = 0; i < row->n_history; i++) {
		double part = (double)row->history[i] / (double)most;

		print(line, vmm_sparkline_get(line->look->is_utf8, part));
	}
}

/* The columns that fit into 80 characters come first. */
static void
print_row(struct line *line, const struct vmm_top_row *row)
{
	const struct vmmalloc_page *page = &row->process.page;
	char *cell = vmm_text("%7ld %-15.15s %-8.8s", (long)row->process.pid,
		row->process.name,
		page->state == VMMALLOC_PAGE_LIVE ? page->backend : "-");

	print(line, cell);
	free(cell);
	print_bytes(line, (double)page->committed, 9);
	print_bytes(line, (double)page->committed_peak, 9);
	print_bytes(line, (double)page->allocated, 9);
	print_history(line, row);
	print_rate(line, row->calls);
	print_bytes(line, row->purged, 10);
	cell = vmm_text("%7" PRIu64, page->forks);
	print(line, cell);
	free(cell);
	end(line);
}

static void
print_head(struct line *line, const struct vmm_top *top)
{
	char text[VMM_DOCTOR_BYTES];
	uint64_t committed = 0;
	char *first;

	for (size_t i = 0; i < top->n; i++)
		committed += top->rows[i].process.page.committed;
	first = vmm_text("%zu %s with libvmmalloc, %s committed", top->n,
		top->n == 1 ? "process" : "processes",
		vmm_doctor_bytes(text, committed));
	print(line, first);
	free(first);
	end(line);
	if (top->refused > 0) {
		first = vmm_text("%zu more: %s", top->refused,
			vmm_live_page_why(EACCES));
		print(line, first);
		free(first);
		end(line);
	}
	print(line,
		"    PID NAME            BACKEND   COMMITTED     PEAK   BLOCKS "
		"HISTORY                CALLS/s  PURGED/s  FORKS");
	end(line);
}

void
vmm_top_print(
	const struct vmm_top *top, const struct vmm_top_look *look, FILE *to)
{
	struct line line = { .look = look, .to = to };
	size_t most = top->n;
	size_t head = top->refused > 0 ? 3 : 2;

	if (look->lines > 0) {
		size_t lines = (size_t)look->lines - 1; /* the cursor's */

		most = lines > head ? lines - head : 0;
		if (most > top->n)
			most = top->n;
	}
	print_head(&line, top);
	for (size_t i = 0; i < most; i++)
		print_row(&line, &top->rows[i]);
}
