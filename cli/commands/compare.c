/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc compare: runs the same command with the system's allocator and with
 * each backend, and reports what differs.
 */
#include "config.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/compare/contenders.h"
#include "cli/compare/outputs.h"
#include "cli/compare/plan.h"
#include "cli/compare/session.h"
#include "cli/compare/sweep.h"
#include "cli/preload.h"
#include "cli/trace/trace.h"

#include <stdlib.h>

static const char *backends;
static struct vmm_values with;
static struct vmm_values metrics;
static struct vmm_design_options given = { .metrics = &metrics };
static struct vmm_design design;
static struct vmm_outputs outputs;
static const char *plan;
static const char *sweep_text;
static struct vmm_sweep sweep;

static bool
has_backend(const struct vmm_contender *contenders, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (contenders[i].kind == VMM_CONTENDER_BACKEND)
			return true;
	}
	return false;
}

static int
compare(const struct vmm_task *tasks, size_t n,
	const struct vmm_pool_choice *pool)
{
	const struct vmm_contender_choice choice = { backends, &with, pool };
	struct vmm_session session = { .is_quiet = vmm_outputs_take_stdout(
					       &outputs) };
	int status = VMM_EXIT_OK;
	char *path;

	if (design.records_sizes && vmm_trace_check("compare --sizes") != 0)
		return VMM_EXIT_FAILED;
	if (vmm_settings_resolve(&session.settings, pool) != 0)
		return VMM_EXIT_FAILED;
	for (size_t i = 0; i < n && status == VMM_EXIT_OK; i++) {
		status = vmm_preload_check(
			tasks[i].argv[0], session.settings.library, &path);
		if (status == 0)
			free(path);
	}
	if (status != VMM_EXIT_OK)
		return status;
	if (vmm_outputs_check(&outputs) != 0)
		return VMM_EXIT_FAILED;
	session.contenders = sweep_text != NULL
		? vmm_sweep_choose(&sweep, &session.settings, &tasks[0],
			  &choice, &session.n)
		: vmm_contenders_choose(&session.settings, &choice, &session.n);
	if (session.contenders == NULL)
		return VMM_EXIT_FAILED;
	if (design.records_sizes &&
		!has_backend(session.contenders, session.n)) {
		vmm_complain("compare: --sizes needs a backend among the "
			     "contenders; see 'vmmalloc help compare'");
		return VMM_EXIT_FAILED;
	}
	for (size_t i = 0; i < n && !vmm_child_is_interrupted(); i++) {
		int its = vmm_session_run(&session, &tasks[i]);

		if (status == VMM_EXIT_OK)
			status = its;
	}
	if (session.n_reports > 0 &&
		vmm_outputs_write(
			&outputs, session.reports, session.n_reports) != 0)
		status = VMM_EXIT_FAILED;
	return status;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	int status = vmm_design_parse(&given, &design);
	struct vmm_task task = { NULL, arguments, design };
	struct vmm_task *tasks = &task;
	size_t n = 1;

	if (status != 0)
		return status;
	if ((plan != NULL) == (arguments[0] != NULL)) {
		vmm_complain("compare: %s; see 'vmmalloc help compare'",
			plan != NULL ? "--plan and a command exclude each other"
				     : "no command given");
		return VMM_EXIT_USAGE;
	}
	if (sweep_text != NULL && plan != NULL) {
		vmm_complain("compare: --sweep and --plan exclude each other; "
			     "see 'vmmalloc help compare'");
		return VMM_EXIT_USAGE;
	}
	if (sweep_text != NULL && vmm_sweep_parse(&sweep, sweep_text) != 0)
		return VMM_EXIT_USAGE;
	if (plan == NULL && design.metrics.n > 0 && design.drive.load == NULL) {
		vmm_complain(
			"compare: --metric needs --load; see 'vmmalloc help "
			"compare'");
		return VMM_EXIT_USAGE;
	}
	if (plan != NULL)
		tasks = vmm_plan_read(plan, &design, &n);
	if (tasks == NULL)
		return VMM_EXIT_USAGE;
	vmm_child_catch_signals();
	status = compare(tasks, n, pool);
	if (vmm_child_is_interrupted())
		vmm_child_end_by_signal();
	return status;
}

static const struct vmm_option options[] = {
	VMM_CONTENDER_OPTIONS(backends, with),
	{ .letter = 'p',
		.name = "plan",
		.value = "FILE",
		.meaning = "compare the workloads of FILE instead of COMMAND",
		.text = &plan },
	{ .name = "sweep",
		.value = "near=LIST",
		.meaning = "compare a backend with these parts of its heap in "
			   "the near one of two places: near=0%,50%,100%",
		.text = &sweep_text },
	{ .letter = 'n',
		.name = "runs",
		.value = "N",
		.meaning = "measured runs of each; with --until, the fewest "
			   "[10]",
		.text = &given.runs },
	{ .letter = 'u',
		.name = "until",
		.value = "PERCENT",
		.meaning = "add runs until half the width of each interval of "
			   "time is at most PERCENT of the ratio",
		.text = &given.until },
	{ .letter = 't',
		.name = "max-time",
		.value = "SECONDS",
		.meaning = "begin no round of runs after this time",
		.text = &given.max_time },
	{ .name = "warmup",
		.value = "N",
		.meaning = "runs of each that are not measured [1]",
		.text = &given.warmup },
	{ .name = "setup",
		.value = "SCRIPT",
		.meaning = "run sh -c SCRIPT before all runs",
		.text = &design.setup },
	{ .name = "prepare",
		.value = "SCRIPT",
		.meaning = "the same before each run",
		.text = &design.prepare },
	{ .name = "cleanup",
		.value = "SCRIPT",
		.meaning = "the same after all runs",
		.text = &design.cleanup },
	{ .name = "pin",
		.value = "LIST",
		.meaning = "run COMMAND on these processors only: 0,2-3",
		.text = &given.pin },
	{ .letter = 'l',
		.name = "load",
		.value = "SCRIPT",
		.meaning = "COMMAND is a server: measure sh -c SCRIPT, which "
			   "uses it, and then end the server",
		.text = &design.drive.load },
	{ .name = "ready",
		.value = "SCRIPT",
		.meaning = "begin the load once sh -c SCRIPT succeeds",
		.text = &design.drive.ready },
	{ .letter = 'm',
		.name = "metric",
		.value = "NAME=REGEX",
		.meaning = "a number in the output of the load, in the "
			   "parentheses of REGEX; may be repeated",
		.list = &metrics },
	{ .name = "drop-caches",
		.meaning = "empty the kernel's caches of files before each run "
			   "(as root)",
		.flag = &design.drops_caches },
	{ .name = "sizes",
		.meaning =
			"one more run, recorded: show the sizes that COMMAND "
			"requests",
		.flag = &design.records_sizes },
	{ .letter = 'j',
		.name = "json",
		.value = "FILE",
		.meaning = "write all runs to FILE (-: stdout), as JSON",
		.text = &outputs.json },
	{ .name = "csv",
		.value = "FILE",
		.meaning = "the same as comma-separated values",
		.text = &outputs.csv },
	{ .name = "markdown",
		.value = "FILE",
		.meaning = "write the result as a table in Markdown",
		.text = &outputs.markdown },
	{ .letter = 'r',
		.name = "report",
		.value = "FILE",
		.meaning = "write the result as a page of HTML with pictures",
		.text = &outputs.html },
	{ .letter = 'i',
		.name = "ignore-output",
		.meaning = "compare exit statuses only",
		.flag = &design.ignores_output },
	{ .name = NULL },
};

const struct vmm_command vmm_command_compare = {
	.name = "compare",
	.summary = "measure a program with the system's allocator and each "
		   "backend",
	.arguments = "[--] COMMAND [ARGUMENT...] | --plan FILE",
	.description =
		"Runs COMMAND with the system's allocator and with each "
		"backend, interleaved, after one warm-up run each, and prints "
		"medians, ratios to system with 95 % intervals, and a "
		"sentence each on time, memory and processor time. COMMAND "
		"reads /dev/null. "
		"Output and exit status must be the same in every "
		"run; a difference is an error, exit status 1.",
	.notes = "NAME is a backend; system, the allocator without a preload; "
		 "or "
		 "lib:PATH, a library with another allocator, which is "
		 "preloaded instead of libvmmalloc. A backend's pool is in "
		 "PLACE or, if none is given, in that of --pool-dir. VARIABLE "
		 "is set for this contender only: "
		 "--with one=jemalloc+MALLOC_CONF=narenas:1.\n\n"
		 "peak is the resident memory of the largest process of "
		 "COMMAND, pool the memory committed by the process that "
		 "committed most ('-' if no process exited).",
	.options = options,
	.has_pool = true,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
