/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc replay: makes the calls of a trace again, with each allocator. */
#include "config.h"

#include "cli/replay/replay.h"

#include "base/parse.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/command.h"

#include <string.h>

#define RUNS_MAX 1000

static const char *backends;
static struct vmm_values with;
static const char *runs = "3";
static const char *speed = VMM_REPLAY_MAX;
static struct vmm_replay_choice replay;

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	struct vmm_contender_choice choice = { backends, &with, pool };
	struct vmm_contender *contenders;
	struct vmm_settings settings;
	size_t n;

	if (arguments[0] == NULL || arguments[1] != NULL) {
		vmm_complain(
			"replay: give one FILE; see 'vmmalloc help replay'");
		return VMM_EXIT_USAGE;
	}
	if (vmm_parse_int(runs, 1, RUNS_MAX, &replay.runs) != 0) {
		vmm_complain("bad --runs '%s': not a number from 1 to %d", runs,
			RUNS_MAX);
		return VMM_EXIT_USAGE;
	}
	replay.keeps_times = strcmp(speed, VMM_REPLAY_RECORDED) == 0;
	if (!replay.keeps_times && strcmp(speed, VMM_REPLAY_MAX) != 0) {
		vmm_complain("bad --speed '%s': must be " VMM_REPLAY_MAX
			     " or " VMM_REPLAY_RECORDED,
			speed);
		return VMM_EXIT_USAGE;
	}
	replay.path = arguments[0];
	if (vmm_settings_resolve(&settings, pool) != 0)
		return VMM_EXIT_FAILED;
	vmm_child_catch_signals();
	contenders = vmm_contenders_choose(&settings, &choice, &n);
	if (vmm_child_is_interrupted())
		vmm_child_end_by_signal();
	if (contenders == NULL)
		return VMM_EXIT_FAILED;
	return vmm_replay_all(&replay, contenders, n);
}

static const struct vmm_option options[] = {
	VMM_CONTENDER_OPTIONS(backends, with),
	{ .letter = 'n',
		.name = "runs",
		.value = "N",
		.meaning = "runs of each, of which the fastest counts [3]",
		.text = &runs },
	{ .letter = 'j',
		.name = "json",
		.value = "FILE",
		.meaning = "write all figures to FILE",
		.text = &replay.json },
	{ .letter = 'r',
		.name = "report",
		.value = "FILE",
		.meaning = "write a page of HTML to FILE",
		.text = &replay.html },
	{ .name = "speed",
		.value = "SPEED",
		.meaning = "max, or recorded: each call at its time in the "
			   "trace [max]",
		.text = &speed },
	{ .name = NULL },
};

const struct vmm_command vmm_command_replay = {
	.name = "replay",
	.summary = "make the calls of a trace again with each allocator",
	.arguments = "FILE",
	.description =
		"Makes the calls of a trace from vmmalloc record again, in a "
		"process for each allocator, and prints the time in these "
		"calls and the memory that they take.",
	.notes = "The threads of the trace run one at a time, in its order, "
		 "so that the same bytes are live with each allocator.",
	.options = options,
	.has_pool = true,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
