/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes from one reading to the next; see top.h. */
#include "config.h"

#include "cli/live/top.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

const char *const vmm_top_orders[] = { "committed", "peak", "blocks", "calls",
	"purged", "pid", "name", NULL };

/* The row that had this process, which is not one with the same number. */
static const struct vmm_top_row *
find(const struct vmm_top *top, const struct vmm_live_process *process)
{
	for (size_t i = 0; i < top->n; i++) {
		const struct vmm_live_process *old = &top->rows[i].process;

		if (old->pid == process->pid && old->start == process->start &&
			old->page.started_ms == process->page.started_ms)
			return &top->rows[i];
	}
	return NULL;
}

static double
rate(uint64_t before, uint64_t after, double seconds)
{
	return after >= before && seconds > 0
		? (double)(after - before) / seconds
		: -1;
}

static void
make_row(struct vmm_top_row *row, const struct vmm_live_process *process,
	const struct vmm_top_row *old, double seconds)
{
	const struct vmmalloc_page *page = &process->page;

	*row = (struct vmm_top_row){ .calls = -1, .purged = -1 };
	if (old != NULL) {
		const struct vmmalloc_page *before = &old->process.page;

		*row = *old;
		row->calls =
			rate(before->commit_calls, page->commit_calls, seconds);
		row->purged = rate(before->purged, page->purged, seconds);
	}
	row->process = *process;
	if (row->n_history == VMM_TOP_HISTORY)
		memmove(&row->history[0], &row->history[1],
			--row->n_history * sizeof(row->history[0]));
	row->history[row->n_history++] = page->committed;
}

/* An order compares this; greater comes first. */
static double
key_of(const struct vmm_top_row *row, const char *order)
{
	const struct vmmalloc_page *page = &row->process.page;

	if (strcmp(order, "peak") == 0)
		return (double)page->committed_peak;
	if (strcmp(order, "blocks") == 0)
		return page->allocated == VMMALLOC_PAGE_UNKNOWN
			? -1
			: (double)page->allocated;
	if (strcmp(order, "calls") == 0)
		return row->calls;
	if (strcmp(order, "purged") == 0)
		return row->purged;
	if (strcmp(order, "pid") == 0 || strcmp(order, "name") == 0)
		return 0;
	return (double)page->committed;
}

static const char *sort_order;

static int
compare(const void *a, const void *b)
{
	const struct vmm_top_row *x = a, *y = b;
	double p = key_of(x, sort_order), q = key_of(y, sort_order);
	int r = 0;

	if (p != q)
		return p > q ? -1 : 1;
	if (strcmp(sort_order, "name") == 0)
		r = strcmp(x->process.name, y->process.name);
	if (r != 0)
		return r;
	return x->process.pid < y->process.pid ? -1 : 1;
}

void
vmm_top_update(struct vmm_top *top, const struct vmm_live_list *list,
	double now, const char *order)
{
	struct vmm_top_row *rows = vmm_array_new(list->n + 1, sizeof(*rows));

	for (size_t i = 0; i < list->n; i++)
		make_row(&rows[i], &list->processes[i],
			find(top, &list->processes[i]), now - top->time);
	sort_order = order;
	qsort(rows, list->n, sizeof(*rows), compare);
	free(top->rows);
	*top = (struct vmm_top){
		.rows = rows,
		.n = list->n,
		.refused = list->refused,
		.time = now,
	};
}

void
vmm_top_free(struct vmm_top *top)
{
	free(top->rows);
	top->rows = NULL;
	top->n = 0;
}
