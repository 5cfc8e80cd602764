/* SPDX-License-Identifier: BSD-3-Clause */
/* The calls of a replay, with their times and memory. */
#include "config.h"

#include "cli/replay/calls.h"
#include "cli/replay/result.h"
#include "cli/trace/lane.h"

#include "tests/unit/unit.h"

#include <math.h>
#include <string.h>

/* Blocks that the trace does not have: no other one is freed in their place. */
START_TEST(replays_unknown_blocks)
{
	static struct vmm_replay_result result;
	struct vmm_trace_event event = {
		.kind = VMM_TRACE_MALLOC, .id = VMM_TRACE_ID(0, 0), .size = 24
	};

	vmm_replay_begin_calls(&result, 1);
	vmm_replay_make_call(&event);
	for (uint64_t i = 1; i <= 10; i++) {
		event = (struct vmm_trace_event){ .kind = VMM_TRACE_FREE };
		vmm_replay_make_call(&event);
		event = (struct vmm_trace_event){ .kind = VMM_TRACE_REALLOC,
			.id = VMM_TRACE_ID(0, i),
			.size = 100 };
		vmm_replay_make_call(&event);
	}
	vmm_replay_end_calls();
	ck_assert_uint_eq(result.live_blocks, 11);
	ck_assert_uint_eq(result.live_bytes, 1024);
	ck_assert_uint_eq(vmm_replay_sum_ranges(&result, VMM_TRACE_FREE).n, 0);
	ck_assert_uint_eq(
		vmm_replay_sum_ranges(&result, VMM_TRACE_REALLOC).n, 10);
	ck_assert_uint_eq(result.failed, 0);
}
END_TEST

/* To no bytes: the C library frees the block, which must not fail here. */
START_TEST(replays_realloc_to_nothing)
{
	static struct vmm_replay_result result;
	struct vmm_trace_event event = {
		.kind = VMM_TRACE_MALLOC, .id = VMM_TRACE_ID(0, 0), .size = 24
	};

	vmm_replay_begin_calls(&result, 1);
	vmm_replay_make_call(&event);
	event = (struct vmm_trace_event){ .kind = VMM_TRACE_REALLOC,
		.id = VMM_TRACE_ID(0, 1),
		.old = VMM_TRACE_ID(0, 0) };
	vmm_replay_make_call(&event);
	vmm_replay_end_calls();
	ck_assert_uint_eq(result.live_blocks, 1);
	ck_assert_uint_eq(result.live_bytes, 0);
	ck_assert_uint_eq(result.failed, 0);
}
END_TEST

/* Of the times 1, 2, ... ns each 100th is known to 1/16. */
START_TEST(finds_quantiles)
{
	static struct vmm_replay_call call;
	uint64_t n, sum;

	ck_assert_uint_eq(vmm_replay_call_quantile(&call, 0.5), 0);
	for (uint64_t ns = 1; ns <= 100000; ns++)
		vmm_replay_call_add(&call, ns);
	for (uint64_t percent = 1; percent < 100; percent++) {
		uint64_t ns =
			vmm_replay_call_quantile(&call, (double)percent / 100);

		ck_assert_uint_ge(ns, percent * 1000);
		ck_assert_uint_le(ns, percent * 1000 * 17 / 16);
	}
	ck_assert_uint_eq(vmm_replay_call_quantile(&call, 1), 100000);
	ck_assert_uint_eq(call.n, 100000);
	ck_assert_uint_eq(call.ns_max, 100000);
	sum = vmm_replay_call_sum_fastest(&call, 0.5, &n);
	ck_assert_uint_eq(n, 50000);
	ck_assert_uint_ge(sum, 50000u * 50001 / 2);
	ck_assert_uint_le(sum, 50000u * 50001 / 2 / 16 * 17);
	vmm_replay_call_add(&call, UINT64_MAX / 2);
	/* rounded up, but never more than all together */
	ck_assert_uint_eq(
		vmm_replay_call_sum_fastest(&call, 0.99, &n) >> 33, 0);
	ck_assert_uint_eq(call.ns_max, UINT64_MAX / 2);
}
END_TEST

/* Each call counts in the range of its block, also a free. */
START_TEST(counts_ranges)
{
	static const uint64_t sizes[] = { 0, 128, 129, 1024, 1025, 32768, 32769,
		1 << 20, (1 << 20) + 1 };
	static const uint64_t expected[VMM_REPLAY_RANGES] = { 2, 2, 2, 2, 1 };
	static struct vmm_replay_result result;
	uint64_t n, ns;

	vmm_replay_begin_calls(&result, 1);
	for (uint64_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct vmm_trace_event event = { .kind = VMM_TRACE_MALLOC,
			.id = VMM_TRACE_ID(0, i),
			.size = sizes[i] };

		vmm_replay_make_call(&event);
		event = (struct vmm_trace_event){ .kind = VMM_TRACE_FREE,
			.old = VMM_TRACE_ID(0, i) };
		vmm_replay_make_call(&event);
	}
	vmm_replay_end_calls();
	for (int i = 0; i < VMM_REPLAY_RANGES; i++) {
		ck_assert_uint_eq(
			result.calls[VMM_TRACE_MALLOC][i].n, expected[i]);
		ck_assert_uint_eq(
			result.calls[VMM_TRACE_FREE][i].n, expected[i]);
	}
	vmm_replay_sum_calls(&result, &n, &ns);
	ck_assert_uint_eq(n, 18);
	ck_assert_uint_eq(result.live_bytes, 0);
}
END_TEST

/* Of 1000 samples the points are in order, and one of them is the highest. */
START_TEST(keeps_course)
{
	static struct vmm_replay_course course;
	uint64_t highest = 0;

	for (uint64_t i = 0; i < 1000; i++) {
		struct vmm_replay_point sample = { .time = i,
			.resident = i == 777 ? 5000 : 1000 + i % 7,
			.live = i < 500 ? 10 : 500 };

		vmm_replay_course_add(&course, &sample);
	}
	ck_assert_uint_gt(course.n, VMM_REPLAY_POINTS / 2 - 2);
	ck_assert_uint_le(course.n, VMM_REPLAY_POINTS);
	for (uint64_t i = 0; i < course.n; i++) {
		if (course.points[i].resident > highest)
			highest = course.points[i].resident;
		if (i > 0)
			ck_assert_uint_gt(course.points[i].time,
				course.points[i - 1].time);
	}
	ck_assert_uint_eq(highest, 5000);
	ck_assert(vmm_replay_course_peak_ratio(&course, 100) == 10);
	ck_assert(vmm_replay_course_peak_ratio(&course, 501) == 0);
	ck_assert(vmm_replay_course_peak_ratio(&course, 0) > 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("replay-calls");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, replays_unknown_blocks);
	tcase_add_test(tcase, replays_realloc_to_nothing);
	tcase_add_test(tcase, counts_ranges);
	tcase_add_test(tcase, keeps_course);
	tcase_add_test(tcase, finds_quantiles);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
