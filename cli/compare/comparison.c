/* SPDX-License-Identifier: BSD-3-Clause */
/* The runs of a comparison; see comparison.h. */
#include "config.h"

#include "cli/compare/comparison.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/compare/outcome.h"
#include "cli/compare/ratio.h"
#include "cli/compare/requested.h"
#include "cli/compare/signed_rank.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/*
 * Makes the first run the reference for all others. Returns 0, or -1 if it was
 * terminated by a signal.
 */
static int
keep_reference(struct vmm_comparison *c, const struct vmm_contender *contender,
	const struct vmm_sample *sample)
{
	c->reference = contender;
	c->reference_status = sample->status;
	vmm_scratch_keep_reference(&c->workload.scratch);
	if (WIFEXITED(sample->status))
		return 0;
	vmm_progress_clear();
	vmm_complain("nothing to compare: '%s' is terminated by signal %d (%s) "
		     "under %s",
		c->workload.argv[0], WTERMSIG(sample->status),
		strsignal(WTERMSIG(sample->status)), contender->name);
	vmm_outcome_show_tail(c->workload.scratch.stderr_fd);
	return -1;
}

/* Whether the run gave the same result as the reference; complains if not. */
static bool
is_as_reference(const struct vmm_comparison *c,
	const struct vmm_contender *contender, const struct vmm_sample *sample)
{
	const struct vmm_scratch *scratch = &c->workload.scratch;
	char *difference;

	if (sample->status != c->reference_status) {
		char *is = vmm_child_describe(sample->status);
		char *was = vmm_child_describe(c->reference_status);

		vmm_progress_clear();
		vmm_complain("'%s' fails under %s: %s instead of %s's %s",
			c->workload.argv[0], contender->name, is,
			c->reference->name, was);
		free(is);
		free(was);
		return false;
	}
	if (c->design.ignores_output)
		return true;
	difference = vmm_outcome_find_difference(
		scratch->stdout_fd, scratch->reference_fd);
	if (difference == NULL)
		return true;
	vmm_progress_clear();
	if (contender == c->reference)
		vmm_complain("'%s' has different output in every run (%s): "
			     "%s; use --ignore-output",
			c->workload.argv[0], contender->name, difference);
	else
		vmm_complain(
			"the output of '%s' under %s differs from that under "
			"%s: %s",
			c->workload.argv[0], contender->name,
			c->reference->name, difference);
	free(difference);
	return false;
}

/*
 * Memory is sampled in the last round of warm-up runs, so that no measured run
 * is disturbed.
 */
static struct vmm_series *
watch_or_not(struct vmm_comparison *c, struct vmm_contender *contender)
{
	if (!c->is_watching)
		return NULL;
	if (contender->series == NULL)
		contender->series =
			vmm_array_new(1, sizeof(*contender->series));
	return contender->series;
}

/* The contender that ratios refer to. */
static size_t
find_base(const struct vmm_comparison *c)
{
	return (size_t)(vmm_contenders_base(c->contenders, c->n) -
		c->contenders);
}

static int
measure(struct vmm_comparison *c, struct vmm_contender *contender,
	struct vmm_sample *sample)
{
	struct vmm_series *series = watch_or_not(c, contender);

	if (c->design.drive.load != NULL)
		return vmm_server_measure(&c->workload, contender,
			&c->design.drive, sample, series);
	return vmm_measure(&c->workload, contender, sample, series);
}

/* Run 0 is the warm-up. Returns 0, or -1 if the comparison cannot go on. */
static int
run_once(struct vmm_comparison *c, struct vmm_contender *contender, int run)
{
	struct vmm_sample sample;

	vmm_progress_show(&c->progress, contender->name, run);
	if (vmm_design_prepare_run(&c->design) != 0 ||
		measure(c, contender, &sample) != 0)
		return -1;
	if (c->reference == NULL) {
		if (keep_reference(c, contender, &sample) != 0)
			return -1;
	} else if (!is_as_reference(c, contender, &sample)) {
		vmm_outcome_show_tail(c->workload.scratch.stderr_fd);
		contender->has_failed = true;
		/* There is nothing left to compare the others with. */
		if (contender == c->reference ||
			contender == &c->contenders[find_base(c)])
			return -1;
	}
	if (run > 0)
		contender->samples[contender->n++] = sample;
	c->progress.done += run > 0;
	return 0;
}

/*
 * The contender that is the k-th of n in a run. Over n runs, or 2 n if n is
 * odd, each contender follows each other one equally often: what one leaves
 * behind, in caches or in memory that a host has reclaimed, then affects all
 * alike. After E. J. Williams, "Experimental designs balanced for the
 * estimation of residual effects of treatments", Australian Journal of
 * Scientific Research A 2, 1949.
 */
static size_t
whose_turn(size_t k, size_t n, size_t run)
{
	if (n % 2 == 1 && run / n % 2 == 1)
		k = n - 1 - k;
	return (run + (k % 2 == 1 ? (k + 1) / 2 : n - k / 2)) % n;
}

/*
 * Runs all contenders that have not failed; round 0 is a warm-up, which the
 * base begins, so that its result is the reference.
 */
static int
run_round(struct vmm_comparison *c, int round)
{
	for (size_t i = 0; i < c->n; i++) {
		struct vmm_contender *contender =
			&c->contenders[(whose_turn(i, c->n, (size_t)round) +
					       find_base(c)) %
				c->n];

		if (!contender->has_failed &&
			run_once(c, contender, round) != 0)
			return -1;
	}
	return 0;
}

static int
run_measured(struct vmm_comparison *c)
{
	const struct vmm_design *design = &c->design;
	int max = design->until > 0 ? VMM_SIGNED_RANK_MAX : design->runs;
	int next_look = design->runs;
	const struct vmm_report report = { &c->workload, c->contenders, c->n,
		NULL, NULL, false };

	c->is_wide = design->until > 0; /* until a look shows otherwise */
	c->progress.start = vmm_child_now();
	c->progress.limit = design->max_time;
	if (design->until <= 0) {
		c->progress.runs = max;
		c->progress.all = max * (int)c->n;
	}
	for (size_t i = 0; i < c->n; i++)
		c->contenders[i].samples = vmm_array_new(
			(size_t)max, sizeof(*c->contenders[i].samples));
	for (int round = 1; round <= max; round++) {
		if (round > 1 && design->max_time > 0 &&
			vmm_child_now() - c->progress.start >= design->max_time)
			break;
		vmm_frequency_sample(&c->frequency);
		if (run_round(c, round) != 0)
			return -1;
		vmm_frequency_sample(&c->frequency);
		if (round < next_look || design->until <= 0)
			continue;
		c->is_wide = !vmm_ratios_are_narrow(&report, design->until);
		if (!c->is_wide)
			break;
		/* Each look takes time, and many looks would favour luck. */
		next_look = round + 1 + round / 20;
	}
	return 0;
}

/* Forgets the runs of the round that a signal has ended. */
static void
keep_whole_rounds(struct vmm_comparison *c)
{
	size_t whole = SIZE_MAX;

	for (size_t i = 0; i < c->n; i++) {
		if (!c->contenders[i].has_failed && c->contenders[i].n < whole)
			whole = c->contenders[i].n;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (c->contenders[i].n > whole)
			c->contenders[i].n = whole;
	}
}

/*
 * One more run with the first backend that has not failed. Without sizes the
 * comparison still holds.
 */
static void
record_sizes(struct vmm_comparison *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct vmm_contender *contender = &c->contenders[i];

		if (contender->kind != VMM_CONTENDER_BACKEND ||
			contender->has_failed)
			continue;
		vmm_progress_clear();
		c->has_sizes = vmm_design_prepare_run(&c->design) == 0 &&
			vmm_requested_record(&c->workload, contender,
				&c->design.drive, c->reference_status,
				&c->sizes) == 0;
		return;
	}
}

static int
run_all(struct vmm_comparison *c)
{
	const struct vmm_design *design = &c->design;
	int result;

	/* One more of the reference shows whether its output varies. */
	if (!design->ignores_output &&
		run_once(c, &c->contenders[find_base(c)], 0) != 0)
		return -1;
	for (int i = 0; i < design->warmups; i++) {
		c->is_watching = i == design->warmups - 1;
		if (run_round(c, 0) != 0)
			return -1;
	}
	c->is_watching = false;
	vmm_noise_read(&c->before);
	result = run_measured(c);
	vmm_noise_read(&c->after);
	keep_whole_rounds(c);
	if (result == 0 && design->records_sizes)
		record_sizes(c);
	return result;
}

int
vmm_comparison_run(struct vmm_comparison *c)
{
	int result = vmm_design_begin_or_end(&c->design, false);

	c->design.drive.metrics = &c->design.metrics;
	if (c->design.drive.load != NULL)
		c->design.ignores_output = true; /* a server's is a log */

	if (c->design.is_pinned)
		c->workload.processors = &c->design.processors;
	if (result == 0)
		result = run_all(c);
	vmm_progress_clear();
	if (vmm_design_begin_or_end(&c->design, true) != 0)
		result = -1;
	return result;
}
