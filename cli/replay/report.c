/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a replay, as text, and its tables; see contest.h. */
#include "config.h"

#include "cli/replay/contest.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB (1024.0 * 1024)

const char *const vmm_replay_names[VMM_REPLAY_CALLS] = {
	[VMM_TRACE_MALLOC] = "malloc",
	[VMM_TRACE_CALLOC] = "calloc",
	[VMM_TRACE_MEMALIGN] = "memalign",
	[VMM_TRACE_REALLOC] = "realloc",
	[VMM_TRACE_FREE] = "free",
};

static void
add_headings(struct vmm_table *table, const char *const headings[])
{
	for (size_t i = 0; headings[i] != NULL; i++)
		vmm_table_add(table, "%s", headings[i]);
}

static void
add_memory(struct vmm_table *table, const struct vmm_replay_result *r)
{
	vmm_table_add(table, "%.2f", (double)r->resident_peak / MIB);
	vmm_table_add(table, "%.2f", vmm_replay_mean_resident(r) / MIB);
	vmm_table_add(table, "%.2f",
		r->peak_bytes > 0
			? (double)r->resident_peak / (double)r->peak_bytes
			: 0.0);
	vmm_table_add(table, "%.2f", vmm_replay_mean_ratio(r));
	vmm_table_add(table, "%.2f", vmm_replay_peak_ratio(r));
	vmm_table_add(table, "%" PRIu64, r->minor_faults + r->major_faults);
}

void
vmm_replay_tabulate(
	const struct vmm_replay_contest *contest, struct vmm_table *table)
{
	static const char *const headings[] = { "contender", "in calls s", "x",
		"ns per call", "peak MiB", "mean MiB", "peak to live",
		"mean ratio", "peak ratio", "faults", NULL };
	uint64_t n, first;

	vmm_replay_sum_calls(contest->results, &n, &first);
	vmm_table_init(table, "lrnrrrrrrr");
	add_headings(table, headings);
	for (size_t i = 0; i < contest->n; i++) {
		const struct vmm_replay_result *r = &contest->results[i];
		uint64_t ns;

		vmm_replay_sum_calls(r, &n, &ns);
		vmm_table_add(table, "%s", contest->contenders[i].name);
		vmm_table_add(table, "%.3f", (double)ns / 1e9);
		vmm_table_add(table, "%.2f",
			first > 0 ? (double)ns / (double)first : 1.0);
		vmm_table_add(
			table, "%.1f", n > 0 ? (double)ns / (double)n : 0.0);
		add_memory(table, r);
	}
}

static void
add_times(struct vmm_table *table, const char *contender,
	const struct vmm_replay_call *call)
{
	static const double parts[] = { 0.5, 0.99, 0.999 };

	vmm_table_add(table, "%s", contender);
	vmm_table_add(table, "%" PRIu64, call->n);
	for (size_t p = 0; p < 3; p++)
		vmm_table_add(table, "%" PRIu64,
			vmm_replay_call_quantile(call, parts[p]));
	vmm_table_add(table, "%" PRIu64, call->ns_max);
}

void
vmm_replay_tabulate_calls(
	const struct vmm_replay_contest *contest, struct vmm_table *table)
{
	static const char *const headings[] = { "call", "contender", "calls",
		"p50 ns", "p99", "p99.9", "max", NULL };

	vmm_table_init(table, "llrrrrr");
	add_headings(table, headings);
	for (int k = 0; k < VMM_REPLAY_CALLS; k++) {
		for (size_t i = 0; i < contest->n; i++) {
			struct vmm_replay_call call =
				vmm_replay_sum_ranges(&contest->results[i], k);

			if (call.n == 0)
				continue;
			vmm_table_add(table, "%s", vmm_replay_names[k]);
			add_times(table, contest->contenders[i].name, &call);
		}
	}
}

/* In one word: a line of the table is easy to take apart. */
static void
add_range(struct vmm_table *table, int range)
{
	uint64_t limit = vmm_replay_range_limit(range);

	if (limit == 0)
		vmm_table_add(table, "larger");
	else if (limit >= 1 << 20)
		vmm_table_add(table, "<=%" PRIu64 "M", limit >> 20);
	else if (limit >= 1024)
		vmm_table_add(table, "<=%" PRIu64 "K", limit >> 10);
	else
		vmm_table_add(table, "<=%" PRIu64, limit);
}

void
vmm_replay_tabulate_ranges(
	const struct vmm_replay_contest *contest, struct vmm_table *table)
{
	static const char *const headings[] = { "call", "size", "contender",
		"calls", "p50 ns", "p99", "p99.9", "max", NULL };

	vmm_table_init(table, "lllrrrrr");
	add_headings(table, headings);
	for (int k = 0; k < VMM_REPLAY_CALLS * VMM_REPLAY_RANGES; k++) {
		int kind = k / VMM_REPLAY_RANGES;
		int range = k % VMM_REPLAY_RANGES;

		for (size_t i = 0; i < contest->n; i++) {
			const struct vmm_replay_call *call =
				&contest->results[i].calls[kind][range];

			if (call->n == 0)
				continue;
			vmm_table_add(table, "%s", vmm_replay_names[kind]);
			add_range(table, range);
			add_times(table, contest->contenders[i].name, call);
		}
	}
}

/* "calls: at their times in the trace; native fell behind by up to 2.1 ms" */
static char *
describe_speed(const struct vmm_replay_contest *contest)
{
	char *text;

	if (!contest->choice->keeps_times)
		return vmm_text("calls: as fast as possible");
	text = vmm_text("calls: at their times in the trace");
	for (size_t i = 0; i < contest->n; i++) {
		const struct vmm_replay_result *r = &contest->results[i];
		char *more;

		if (r->late_calls == 0)
			continue;
		more = vmm_text("%s; %s fell behind by up to %.1f ms, in "
				"%" PRIu64 " calls by 1 ms or more",
			text, contest->contenders[i].name,
			(double)r->late_max / 1e6, r->late_calls);
		free(text);
		text = more;
	}
	return text;
}

char *
vmm_replay_summarize(const struct vmm_replay_contest *contest)
{
	const struct vmm_replay_result *first = contest->results;
	char *speed = describe_speed(contest);
	char *damage = first->damaged > 0
		? vmm_text("\n%" PRIu64
			   " bytes of the file are damaged or cut off",
			  first->damaged)
		: vmm_text("%s", "");
	char *text = vmm_text("%s: %" PRIu64 " events\nlive: %.2f MiB at the "
			      "peak, %.2f MiB in %" PRIu64
			      " blocks at the end\n%s%s",
		contest->choice->path, first->events,
		(double)first->peak_bytes / MIB,
		(double)first->live_bytes / MIB, first->live_blocks, speed,
		damage);

	free(damage);
	free(speed);
	return text;
}

void
vmm_replay_print(const struct vmm_replay_contest *contest)
{
	static void (*const fill[])(const struct vmm_replay_contest *,
		struct vmm_table *) = { vmm_replay_tabulate,
		vmm_replay_tabulate_calls, vmm_replay_tabulate_ranges };
	char *summary = vmm_replay_summarize(contest);

	puts(summary);
	for (size_t i = 0; i < sizeof(fill) / sizeof(fill[0]); i++) {
		struct vmm_table table;

		putchar('\n');
		fill[i](contest, &table);
		vmm_table_print(&table, stdout);
		vmm_table_free(&table);
	}
	free(summary);
}
