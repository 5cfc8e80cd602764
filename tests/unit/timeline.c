/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Live bytes over time in few parts: no peak is lost, whatever the times are,
 * and parts without events have what was live before them.
 */
#include "config.h"

#include "cli/trace/timeline.h"

#include "tests/unit/unit.h"

#define EVENTS 20000

static struct {
	uint64_t time;
	uint64_t bytes;
} events[EVENTS];

/* The most bytes in a span of time, from all events. */
static uint64_t
find_most(uint64_t from, uint64_t to)
{
	uint64_t most = 0;

	for (size_t i = 0; i < EVENTS; i++) {
		uint64_t end = i + 1 < EVENTS ? events[i + 1].time : UINT64_MAX;

		if (events[i].time < to &&
			(events[i].time >= from || end > from) &&
			events[i].bytes > most)
			most = events[i].bytes;
	}
	return most;
}

static uint64_t
draw(uint64_t *random)
{
	*random = *random * 6364136223846793005 + 1442695040888963407;
	return *random >> 33;
}

START_TEST(has_the_most_of_each_part)
{
	static struct vmm_trace_timeline line;
	uint64_t random = 1, time = 0;

	for (size_t i = 0; i < EVENTS; i++) {
		/* most at once, and some long pauses */
		time += draw(&random) % 1000 == 0 ? draw(&random) % 100000000
						  : draw(&random) % 100;
		events[i].time = time;
		events[i].bytes = draw(&random);
		vmm_trace_timeline_add(&line, time, events[i].bytes);
	}
	ck_assert_uint_gt(line.n, VMM_TRACE_PARTS_MAX / 2);
	ck_assert_uint_le(line.n, VMM_TRACE_PARTS_MAX);
	ck_assert_uint_ge(line.n * line.width, time);
	for (size_t i = 0; i < line.n; i++)
		ck_assert_uint_eq(line.most[i],
			find_most(i * line.width, (i + 1) * line.width));
}
END_TEST

START_TEST(divides_it)
{
	static struct vmm_trace_timeline line;
	uint64_t most = 0;

	ck_assert_uint_eq(vmm_trace_timeline_get(&line, 0, 3), 0);
	vmm_trace_timeline_add(&line, 0, 7);
	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_eq(vmm_trace_timeline_get(&line, i, 5), 7);
	vmm_trace_timeline_add(&line, 150000, 30);
	vmm_trace_timeline_add(&line, 200000, 5);
	for (size_t n = 1; n < 300; n++) {
		most = 0;
		for (size_t i = 0; i < n; i++) {
			uint64_t part = vmm_trace_timeline_get(&line, i, n);

			most = part > most ? part : most;
		}
		ck_assert_uint_eq(most, 30);
		ck_assert_uint_eq(
			vmm_trace_timeline_get(&line, 0, n), n == 1 ? 30 : 7);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("timeline");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, has_the_most_of_each_part);
	tcase_add_test(tcase, divides_it);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
