/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a replay, as text and JSON; see contest.h. */
#include "config.h"

#include "cli/replay/contest.h"

#include "cli/cli.h"
#include "cli/json_text.h"
#include "cli/table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIB (1024.0 * 1024)

const char *const vmm_replay_names[VMM_REPLAY_CALLS] = {
	[VMM_TRACE_MALLOC] = "malloc",
	[VMM_TRACE_CALLOC] = "calloc",
	[VMM_TRACE_MEMALIGN] = "memalign",
	[VMM_TRACE_REALLOC] = "realloc",
	[VMM_TRACE_FREE] = "free",
};

void
vmm_replay_sum_calls(
	const struct vmm_replay_result *result, uint64_t *n, uint64_t *ns)
{
	*n = 0;
	*ns = 0;
	for (int k = 0; k < VMM_REPLAY_CALLS; k++) {
		*n += result->calls[k].n;
		*ns += result->calls[k].ns;
	}
}

static double
mean_resident(const struct vmm_replay_result *result)
{
	return result->samples > 0
		? (double)result->resident_sum / (double)result->samples
		: 0;
}

static void
add_headings(struct vmm_table *table, const char *const headings[])
{
	for (size_t i = 0; headings[i] != NULL; i++)
		vmm_table_add(table, "%s", headings[i]);
}

static void
print_all_calls(const struct vmm_replay_contest *contest)
{
	static const char *const headings[] = { "contender", "in calls s", "x",
		"ns per call", "peak MiB", "mean MiB", "peak to live", NULL };
	struct vmm_table table;
	uint64_t n, first;

	vmm_replay_sum_calls(contest->results, &n, &first);
	vmm_table_init(&table, "lrnrrrr");
	add_headings(&table, headings);
	for (size_t i = 0; i < contest->n; i++) {
		const struct vmm_replay_result *r = &contest->results[i];
		uint64_t ns;

		vmm_replay_sum_calls(r, &n, &ns);
		vmm_table_add(&table, "%s", contest->contenders[i].name);
		vmm_table_add(&table, "%.3f", (double)ns / 1e9);
		vmm_table_add(&table, "%.2f",
			first > 0 ? (double)ns / (double)first : 1.0);
		vmm_table_add(
			&table, "%.1f", n > 0 ? (double)ns / (double)n : 0.0);
		vmm_table_add(&table, "%.2f", (double)r->resident_peak / MIB);
		vmm_table_add(&table, "%.2f", mean_resident(r) / MIB);
		vmm_table_add(&table, "%.2f",
			r->peak_bytes > 0 ? (double)r->resident_peak /
					(double)r->peak_bytes
					  : 0.0);
	}
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

static void
print_each_call(const struct vmm_replay_contest *contest)
{
	static const char *const headings[] = { "call", "contender", "calls",
		"p50 ns", "p99", "p99.9", "max", NULL };
	static const double parts[] = { 0.5, 0.99, 0.999 };
	struct vmm_table table;

	vmm_table_init(&table, "llrrrrr");
	add_headings(&table, headings);
	for (int k = 0; k < VMM_REPLAY_CALLS; k++) {
		for (size_t i = 0; i < contest->n; i++) {
			const struct vmm_replay_call *call =
				&contest->results[i].calls[k];

			if (call->n == 0)
				continue;
			vmm_table_add(&table, "%s", vmm_replay_names[k]);
			vmm_table_add(
				&table, "%s", contest->contenders[i].name);
			vmm_table_add(&table, "%" PRIu64, call->n);
			for (size_t p = 0; p < 3; p++)
				vmm_table_add(&table, "%" PRIu64,
					vmm_replay_call_quantile(
						call, parts[p]));
			vmm_table_add(&table, "%" PRIu64, call->ns_max);
		}
	}
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

void
vmm_replay_print(const struct vmm_replay_contest *contest)
{
	const struct vmm_replay_result *first = contest->results;

	printf("%s: %" PRIu64 " events\n", contest->path, first->events);
	printf("live: %.2f MiB at the peak, %.2f MiB in %" PRIu64
	       " blocks at the end\n\n",
		(double)first->peak_bytes / MIB,
		(double)first->live_bytes / MIB, first->live_blocks);
	print_all_calls(contest);
	print_each_call(contest);
	if (first->damaged > 0)
		printf("\n%" PRIu64 " bytes of the file are damaged or cut "
		       "off\n",
			first->damaged);
}

static json_t *
make_calls(const struct vmm_replay_result *result)
{
	json_t *calls = json_object();

	for (int k = 0; k < VMM_REPLAY_CALLS; k++) {
		const struct vmm_replay_call *call = &result->calls[k];
		json_t *one = json_object();

		json_object_set_new(
			one, "n", json_integer((json_int_t)call->n));
		json_object_set_new(
			one, "ns", json_integer((json_int_t)call->ns));
		json_object_set_new(one, "p50",
			json_integer((json_int_t)vmm_replay_call_quantile(
				call, 0.5)));
		json_object_set_new(one, "p99",
			json_integer((json_int_t)vmm_replay_call_quantile(
				call, 0.99)));
		json_object_set_new(one, "p99.9",
			json_integer((json_int_t)vmm_replay_call_quantile(
				call, 0.999)));
		json_object_set_new(
			one, "max", json_integer((json_int_t)call->ns_max));
		json_object_set_new(calls, vmm_replay_names[k], one);
	}
	return calls;
}

static json_t *
make_contender(const struct vmm_contender *contender,
	const struct vmm_replay_result *r)
{
	json_t *one = json_object();
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "events", r->events },
		{ "failed", r->failed },
		{ "live_blocks", r->live_blocks },
		{ "live_bytes", r->live_bytes },
		{ "live_bytes_peak", r->peak_bytes },
		{ "resident_peak", r->resident_peak },
		{ "resident_mean", (uint64_t)mean_resident(r) },
	};

	json_object_set_new(one, "name", vmm_json_text(contender->name));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(one, numbers[i].name,
			json_integer((json_int_t)numbers[i].value));
	json_object_set_new(one, "calls", make_calls(r));
	return one;
}

int
vmm_replay_write_json(
	const struct vmm_replay_contest *contest, const char *json)
{
	json_t *root = json_object();
	json_t *contenders = json_array();
	FILE *to = fopen(json, "w");
	int result = -1;

	json_object_set_new(root, "schema", json_integer(1));
	json_object_set_new(root, "trace", vmm_json_text(contest->path));
	for (size_t i = 0; i < contest->n; i++)
		json_array_append_new(contenders,
			make_contender(
				&contest->contenders[i], &contest->results[i]));
	json_object_set_new(root, "contenders", contenders);
	if (to != NULL) {
		result = json_dumpf(root, to, JSON_INDENT(1));
		if (fputc('\n', to) == EOF || fclose(to) != 0)
			result = -1;
	}
	if (result != 0)
		vmm_complain(
			"replay: cannot write '%s': %s", json, strerror(errno));
	json_decref(root);
	return result;
}
