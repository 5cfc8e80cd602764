/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc compare: runs the same command with the system's allocator and with
 * each backend. The runs are interleaved, so that a machine whose speed changes
 * affects all of them alike.
 */
#include "config.h"

#include "base/parse.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/contenders.h"
#include "cli/measure.h"
#include "cli/outcome.h"
#include "cli/preload.h"
#include "cli/report.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS_MAX 10000

struct options {
	const char *backends;
	const char *json;
	const char *pool_dir;
	const char *pool_size;
	int runs;
	bool ignores_output;
};

struct comparison {
	struct vmm_workload workload;
	struct vmm_contender *contenders;
	size_t n;
	int runs;
	bool ignores_output;
	const struct vmm_contender *reference; /* NULL until it has run */
	int reference_status;
};

/* Shows the progress if stderr is a terminal; name NULL clears the line. */
static void
show_progress(const struct comparison *c, const char *name, int run)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (name == NULL)
		fputs("\r\033[K", stderr);
	else if (run == 0)
		fprintf(stderr, "\r\033[K%s: warm-up", name);
	else
		fprintf(stderr, "\r\033[K%s: run %d of %d", name, run, c->runs);
	fflush(stderr);
}

/*
 * Makes the first run the reference for all others. Returns 0, or -1 if it was
 * terminated by a signal.
 */
static int
keep_reference(struct comparison *c, const struct vmm_contender *contender,
	const struct vmm_sample *sample)
{
	c->reference = contender;
	c->reference_status = sample->status;
	vmm_scratch_keep_reference(&c->workload.scratch);
	if (WIFEXITED(sample->status))
		return 0;
	show_progress(c, NULL, 0);
	vmm_complain("nothing to compare: '%s' is terminated by signal %d (%s) "
		     "under %s",
		c->workload.argv[0], WTERMSIG(sample->status),
		strsignal(WTERMSIG(sample->status)), contender->name);
	vmm_outcome_show_tail(c->workload.scratch.stderr_fd);
	return -1;
}

/* Whether the run gave the same result as the reference; complains if not. */
static bool
is_as_reference(const struct comparison *c,
	const struct vmm_contender *contender, const struct vmm_sample *sample)
{
	const struct vmm_scratch *scratch = &c->workload.scratch;
	char *difference;

	if (sample->status != c->reference_status) {
		char *is = vmm_child_describe(sample->status);
		char *was = vmm_child_describe(c->reference_status);

		show_progress(c, NULL, 0);
		vmm_complain("'%s' fails under %s: %s instead of %s's %s",
			c->workload.argv[0], contender->name, is,
			c->reference->name, was);
		free(is);
		free(was);
		return false;
	}
	if (c->ignores_output)
		return true;
	difference = vmm_outcome_find_difference(
		scratch->stdout_fd, scratch->reference_fd);
	if (difference == NULL)
		return true;
	show_progress(c, NULL, 0);
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

/* Run 0 is the warm-up. Returns 0, or -1 if the comparison cannot go on. */
static int
run_once(struct comparison *c, struct vmm_contender *contender, int run)
{
	struct vmm_sample sample;

	show_progress(c, contender->name, run);
	if (vmm_measure(&c->workload, contender, &sample) != 0)
		return -1;
	if (c->reference == NULL) {
		if (keep_reference(c, contender, &sample) != 0)
			return -1;
	} else if (!is_as_reference(c, contender, &sample)) {
		vmm_outcome_show_tail(c->workload.scratch.stderr_fd);
		contender->has_failed = true;
		/* There is nothing left to compare the others with. */
		if (contender == c->reference)
			return -1;
	}
	if (run > 0)
		contender->samples[contender->n++] = sample;
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

static int
run_all(struct comparison *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->contenders[i].samples = vmm_array_new(
			(size_t)c->runs, sizeof(*c->contenders[i].samples));
	/* A second warm-up of the reference shows whether its output varies. */
	if (!c->ignores_output && run_once(c, &c->contenders[0], 0) != 0)
		return -1;
	for (int run = 0; run <= c->runs; run++) {
		for (size_t i = 0; i < c->n; i++) {
			struct vmm_contender *contender =
				&c->contenders[whose_turn(
					i, c->n, (size_t)run)];

			if (!contender->has_failed &&
				run_once(c, contender, run) != 0)
				return -1;
		}
	}
	return 0;
}

static int
report(const struct comparison *c, const char *json)
{
	struct vmm_report what = { &c->workload, c->contenders, c->n, c->runs };
	int status = VMM_EXIT_OK;

	vmm_report_print(&what);
	if (WEXITSTATUS(c->reference_status) != 0)
		printf("\nThe command's exit status is %d.\n",
			WEXITSTATUS(c->reference_status));
	if (json != NULL && vmm_report_write_json(&what, json) != 0)
		status = VMM_EXIT_FAILED;
	for (size_t i = 0; i < c->n; i++) {
		if (c->contenders[i].has_failed)
			status = VMM_EXIT_FAILED;
	}
	return status;
}

static int
compare(const struct options *options, char *argv[])
{
	struct comparison c = { .runs = options->runs,
		.ignores_output = options->ignores_output };
	struct vmm_workload *workload = &c.workload;
	int status;

	workload->argv = argv;
	if (vmm_settings_resolve(&workload->settings, options->pool_dir,
		    options->pool_size) != 0)
		return VMM_EXIT_FAILED;
	status = vmm_preload_check(
		argv[0], workload->settings.library, &workload->path);
	if (status != 0)
		return status;
	if (options->json != NULL && vmm_report_check_json(options->json) != 0)
		return VMM_EXIT_FAILED;
	c.contenders = vmm_contenders_choose(
		&workload->settings, options->backends, &c.n);
	if (c.contenders == NULL || vmm_scratch_open(&workload->scratch) != 0) {
		if (vmm_child_is_interrupted())
			vmm_child_end_by_signal();
		return VMM_EXIT_FAILED;
	}
	status = run_all(&c);
	show_progress(&c, NULL, 0);
	vmm_scratch_close(&workload->scratch);
	if (vmm_child_is_interrupted())
		vmm_child_end_by_signal();
	return status == 0 ? report(&c, options->json) : VMM_EXIT_FAILED;
}

/* Returns an exit status after help or a complaint, or -1 to go on. */
static int
read_options(int argc, char *argv[], struct options *options)
{
	static const struct option known[] = {
		{ "backends", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ "ignore-output", no_argument, NULL, 'i' },
		{ "json", required_argument, NULL, 'j' },
		{ "pool-dir", required_argument, NULL, 'd' },
		{ "pool-size", required_argument, NULL, 's' },
		{ "runs", required_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(
			argc, argv, "+:b:d:hij:n:s:", known, NULL)) != -1) {
		switch (option) {
		case 'b':
			options->backends = optarg;
			break;
		case 'd':
			options->pool_dir = optarg;
			break;
		case 'h':
			vmm_help("compare");
			return VMM_EXIT_OK;
		case 'i':
			options->ignores_output = true;
			break;
		case 'j':
			options->json = optarg;
			break;
		case 'n':
			if (vmm_parse_int(
				    optarg, 1, RUNS_MAX, &options->runs) == 0)
				break;
			vmm_complain("bad --runs '%s': not a number from 1 to "
				     "%d",
				optarg, RUNS_MAX);
			return VMM_EXIT_USAGE;
		case 's':
			options->pool_size = optarg;
			break;
		default:
			vmm_complain_option("compare", option, argv);
			return VMM_EXIT_USAGE;
		}
	}
	if (optind < argc)
		return -1;
	vmm_complain("compare: no command given; see 'vmmalloc help compare'");
	return VMM_EXIT_USAGE;
}

int
vmm_command_compare(int argc, char *argv[])
{
	struct options options = { .runs = 5 };
	int status = read_options(argc, argv, &options);

	if (status >= 0)
		return status;
	vmm_child_catch_signals();
	return compare(&options, argv + optind);
}
