/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a replay as a page of HTML, with the parts of compare's. */
#include "config.h"

#include "cli/replay/contest.h"

#include "cli/cli.h"
#include "cli/compare/html_curves.h"
#include "cli/compare/html_page.h"
#include "cli/compare/html_write.h"

#include <stdlib.h>

#define MIB (1024.0 * 1024)
#define NOTHING "The trace is too short."

static void
write_tables(const struct vmm_replay_contest *contest, FILE *to)
{
	static const struct {
		const char *id;
		const char *title;
		void (*fill)(
			const struct vmm_replay_contest *, struct vmm_table *);
	} parts[] = {
		{ "calls", "All calls, and memory", vmm_replay_tabulate },
		{ "latency", "Time of each call", vmm_replay_tabulate_calls },
		{ "ranges", "Time of each call, by size of the block",
			vmm_replay_tabulate_ranges },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct vmm_table table;

		parts[i].fill(contest, &table);
		fprintf(to, "<section id=\"%s\"><h2>%s</h2>\n", parts[i].id,
			parts[i].title);
		vmm_html_write_table(&table, to);
		fputs("</section>\n", to);
		vmm_table_free(&table);
	}
}

/* A curve per contender, and one of the live bytes, which all have. */
static void
plot_memory(const struct vmm_replay_contest *contest, FILE *to)
{
	static const struct vmm_curve_picture picture = {
		.caption =
			"MiB of the heap that are resident, and MiB that are "
			"live, over the time of the trace",
		.label = "memory over time",
		.x_unit = " s",
		.y_unit = "",
		.nothing = NOTHING,
	};
	size_t n = contest->n + 1;
	struct vmm_curve *curves = vmm_array_new(n, sizeof(*curves));

	for (size_t i = 0; i < n; i++) {
		bool is_live = i == contest->n;
		const struct vmm_replay_course *course =
			&contest->results[is_live ? 0 : i].course;

		vmm_curve_init(&curves[i],
			is_live ? "live" : contest->contenders[i].name, i,
			course->n);
		curves[i].is_dashed = is_live;
		for (size_t j = 0; j < course->n; j++) {
			const struct vmm_replay_point *p = &course->points[j];

			vmm_curve_add(&curves[i], (double)p->time / 1e9,
				(double)(is_live ? p->live : p->resident) /
					MIB);
		}
	}
	vmm_html_plot_curves(&picture, curves, n, to);
	for (size_t i = 0; i < n; i++)
		vmm_curve_free(&curves[i]);
	free(curves);
}

static void
plot_ratios(const struct vmm_replay_contest *contest, FILE *to)
{
	static const struct vmm_curve_picture picture = {
		.caption =
			"resident to live bytes, while at least an eighth of "
			"the peak is live",
		.label = "fragmentation over time",
		.x_unit = " s",
		.y_unit = "",
		.nothing = NOTHING,
	};
	struct vmm_curve *curves = vmm_array_new(contest->n, sizeof(*curves));

	for (size_t i = 0; i < contest->n; i++) {
		const struct vmm_replay_result *r = &contest->results[i];

		vmm_curve_init(&curves[i], contest->contenders[i].name, i,
			r->course.n);
		for (size_t j = 0; j < r->course.n; j++) {
			const struct vmm_replay_point *p = &r->course.points[j];

			if (p->live == 0 || p->live < r->peak_bytes / 8)
				continue;
			vmm_curve_add(&curves[i], (double)p->time / 1e9,
				(double)p->resident / (double)p->live);
		}
	}
	vmm_html_plot_curves(&picture, curves, contest->n, to);
	for (size_t i = 0; i < contest->n; i++)
		vmm_curve_free(&curves[i]);
	free(curves);
}

static void
write_page(const void *arg, FILE *to)
{
	const struct vmm_replay_contest *contest = arg;
	char *summary = vmm_replay_summarize(contest);

	vmm_html_begin_page("vmmalloc replay", contest->choice->path, to);
	vmm_html_write_summary(contest->choice->path, summary, to);
	free(summary);
	fputs("<section id=\"course\" class=\"series\"><h2>Memory over time"
	      "</h2>\n<div class=\"figures\">\n<div>",
		to);
	plot_memory(contest, to);
	fputs("</div>\n<div>", to);
	plot_ratios(contest, to);
	fputs("</div></div></section>\n", to);
	write_tables(contest, to);
	vmm_html_write_configuration(contest->contenders, contest->n, to);
	vmm_html_end_page(to);
}

int
vmm_replay_write_html(
	const struct vmm_replay_contest *contest, const char *file)
{
	return vmm_html_write_file("replay", file, write_page, contest);
}
