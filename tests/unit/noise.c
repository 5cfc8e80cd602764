/* SPDX-License-Identifier: BSD-3-Clause */
/* The signs of a noisy machine that compare reports. */
#include "config.h"

#include "cli/compare/frequency.h"
#include "cli/compare/noise.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t tick;	    /* per second */
static uint64_t processors; /* of this machine */

/* Ten seconds of all processors, of which one is busy with our own runs. */
static void
make_quiet(struct vmm_noise *before, struct vmm_noise *after)
{
	tick = (uint64_t)sysconf(_SC_CLK_TCK);
	processors = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	*before = (struct vmm_noise){
		.total = 1000, .busy = 500, .steal = 10, .throttles = 3
	};
	*after = *before;
	after->total += 10 * tick * processors;
	after->busy += 10 * tick;
	after->own += 9.9;
}

START_TEST(counters)
{
	struct vmm_noise noise;

	vmm_noise_parse(
		&noise, "cpu  100 20 30 4000 50 6 7 80 90 0\ncpu0 1 2 3 4\n");
	ck_assert_uint_eq(noise.total, 4293);
	ck_assert_uint_eq(noise.busy, 163);
	ck_assert_uint_eq(noise.steal, 80);
	/* Linux 2.4 had four of them. */
	vmm_noise_parse(&noise, "cpu  100 20 30 4000\n");
	ck_assert_uint_eq(noise.busy, 150);
	ck_assert_uint_eq(noise.steal, 0);
	vmm_noise_parse(&noise, "");
	ck_assert_uint_eq(noise.total, 0);
	vmm_noise_read(&noise);
	ck_assert_uint_gt(noise.total, 0);
}
END_TEST

START_TEST(quiet)
{
	struct vmm_noise before;
	struct vmm_noise after;

	make_quiet(&before, &after);
	ck_assert_ptr_null(vmm_noise_describe(&before, &after));
	/* Runs that are too short for the counters tell nothing. */
	after = before;
	after.total += processors;
	after.busy += processors;
	ck_assert_ptr_null(vmm_noise_describe(&before, &after));
}
END_TEST

START_TEST(noisy)
{
	struct vmm_noise before;
	struct vmm_noise after;
	char *text;

	make_quiet(&before, &after);
	after.own -= 5;
	text = vmm_noise_describe(&before, &after);
	ck_assert_str_eq(text,
		"Other processes used 51 % of a processor during the runs.");
	free(text);
	make_quiet(&before, &after);
	after.steal += tick * processors / 2;
	after.throttles += 2;
	text = vmm_noise_describe(&before, &after);
	ck_assert_str_eq(text,
		"The host took 5 % of the processor time for others (steal). "
		"Processors were throttled 2 times, because they were too "
		"hot.");
	free(text);
}
END_TEST

START_TEST(spread)
{
	struct vmm_sample samples[5] = { { .wall = 1 }, { .wall = 1.01 },
		{ .wall = 0.99 }, { .wall = 1.01 }, { .wall = 9 } };
	struct vmm_contender contender = {
		.name = "native", .samples = samples, .n = 5
	};
	struct vmm_report report = { NULL, &contender, 1, NULL, NULL, false };
	char *text;

	ck_assert_ptr_null(vmm_noise_describe_spread(&report));
	samples[1].wall = 1.2;
	samples[2].wall = 0.8;
	text = vmm_noise_describe_spread(&report);
	ck_assert_str_eq(
		text, "The times of native spread by 28 % of their median.");
	free(text);
}
END_TEST

START_TEST(frequency)
{
	struct vmm_frequency samples = { 0, 0 };
	char *text;

	ck_assert_double_eq(
		vmm_frequency_parse("cpu MHz\t\t: 2596.142\n"), 2596.142);
	ck_assert_double_eq(vmm_frequency_parse("model name : 9 MHz\n"), 0);
	/* A machine that shows none, and one with small steps. */
	vmm_frequency_add(&samples, 0);
	ck_assert_ptr_null(vmm_frequency_describe(&samples));
	vmm_frequency_add(&samples, 3500);
	vmm_frequency_add(&samples, 0);
	vmm_frequency_add(&samples, 3400);
	ck_assert_ptr_null(vmm_frequency_describe(&samples));
	vmm_frequency_add(&samples, 2100);
	text = vmm_frequency_describe(&samples);
	ck_assert_str_eq(text,
		"The clock of the fastest processor varied between 2.10 and "
		"3.50 GHz.");
	free(text);
	/* Whatever this machine shows is a frequency. */
	samples = (struct vmm_frequency){ 0, 0 };
	vmm_frequency_sample(&samples);
	ck_assert_double_ge(samples.lowest, 0);
	ck_assert_double_lt(samples.highest, 20000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("noise");
	TCase *tcase = tcase_create("noise");

	tcase_add_test(tcase, counters);
	tcase_add_test(tcase, quiet);
	tcase_add_test(tcase, noisy);
	tcase_add_test(tcase, spread);
	tcase_add_test(tcase, frequency);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
