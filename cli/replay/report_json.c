/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a replay as JSON; see contest.h. Times are in ns. */
#include "config.h"

#include "cli/replay/contest.h"

#include "cli/cli.h"
#include "cli/json_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA 1

static void
set_number(json_t *object, const char *name, uint64_t value)
{
	json_object_set_new(object, name, json_integer((json_int_t)value));
}

static json_t *
make_call(const struct vmm_replay_call *call)
{
	json_t *one = json_object();

	set_number(one, "n", call->n);
	set_number(one, "ns", call->ns);
	set_number(one, "p50", vmm_replay_call_quantile(call, 0.5));
	set_number(one, "p99", vmm_replay_call_quantile(call, 0.99));
	set_number(one, "p99.9", vmm_replay_call_quantile(call, 0.999));
	set_number(one, "max", call->ns_max);
	return one;
}

/* Those that were made; up_to_bytes is null in the range without a limit. */
static json_t *
make_ranges(const struct vmm_replay_result *result, int kind)
{
	json_t *ranges = json_array();

	for (int range = 0; range < VMM_REPLAY_RANGES; range++) {
		const struct vmm_replay_call *call =
			&result->calls[kind][range];
		uint64_t limit = vmm_replay_range_limit(range);
		json_t *one;

		if (call->n == 0)
			continue;
		one = make_call(call);
		json_object_set_new(one, "up_to_bytes",
			limit > 0 ? json_integer((json_int_t)limit)
				  : json_null());
		json_array_append_new(ranges, one);
	}
	return ranges;
}

static json_t *
make_calls(const struct vmm_replay_result *result)
{
	json_t *calls = json_object();

	for (int kind = 0; kind < VMM_REPLAY_CALLS; kind++) {
		struct vmm_replay_call sum =
			vmm_replay_sum_ranges(result, kind);
		json_t *one = make_call(&sum);

		json_object_set_new(one, "sizes", make_ranges(result, kind));
		json_object_set_new(calls, vmm_replay_names[kind], one);
	}
	return calls;
}

/* [seconds, bytes resident, bytes live] */
static json_t *
make_course(const struct vmm_replay_course *course)
{
	json_t *points = json_array();

	for (size_t i = 0; i < course->n; i++) {
		const struct vmm_replay_point *point = &course->points[i];
		json_t *one = json_array();

		json_array_append_new(
			one, json_real((double)point->time / 1e9));
		json_array_append_new(
			one, json_integer((json_int_t)point->resident));
		json_array_append_new(
			one, json_integer((json_int_t)point->live));
		json_array_append_new(points, one);
	}
	return points;
}

static json_t *
make_contender(const struct vmm_contender *contender,
	const struct vmm_replay_result *r)
{
	json_t *one = json_object();

	json_object_set_new(one, "name", vmm_json_text(contender->name));
	set_number(one, "events", r->events);
	set_number(one, "failed", r->failed);
	set_number(one, "live_blocks", r->live_blocks);
	set_number(one, "live_bytes", r->live_bytes);
	set_number(one, "live_bytes_peak", r->peak_bytes);
	set_number(one, "resident_peak", r->resident_peak);
	set_number(one, "resident_mean", (uint64_t)vmm_replay_mean_resident(r));
	json_object_set_new(one, "resident_to_live_mean",
		json_real(vmm_replay_mean_ratio(r)));
	json_object_set_new(one, "resident_to_live_peak",
		json_real(vmm_replay_peak_ratio(r)));
	set_number(one, "minor_faults", r->minor_faults);
	set_number(one, "major_faults", r->major_faults);
	set_number(one, "late_max", r->late_max);
	set_number(one, "late_calls", r->late_calls);
	json_object_set_new(one, "calls", make_calls(r));
	json_object_set_new(one, "memory_over_time", make_course(&r->course));
	return one;
}

int
vmm_replay_write_json(
	const struct vmm_replay_contest *contest, const char *file)
{
	const struct vmm_replay_choice *choice = contest->choice;
	json_t *root = json_object();
	json_t *contenders = json_array();
	FILE *to = fopen(file, "we");
	int result = -1;

	set_number(root, "schema", SCHEMA);
	json_object_set_new(root, "trace", vmm_json_text(choice->path));
	json_object_set_new(root, "speed",
		json_string(choice->keeps_times ? VMM_REPLAY_RECORDED
						: VMM_REPLAY_MAX));
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
			"replay: cannot write '%s': %s", file, strerror(errno));
	json_decref(root);
	return result;
}
