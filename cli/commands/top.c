/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc top: processes that run, again and again. */
#include "config.h"

#include "base/parse.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/live/screen.h"
#include "cli/live/top.h"
#include "cli/sparkline.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_MAX 86400

/* A busy program counts its blocks within 10 ms. */
#define SAMPLE_MS 20

static const char *delay = "1";
static const char *count;
static const char *order = "committed";
static const char *tree;

struct settings {
	struct vmm_live_choice choice;
	int delay_ms;
	int count; /* 0: until it is ended */
	bool is_screen;
};

static int
parse_delay(struct settings *settings)
{
	char *end;
	double seconds = strtod(delay, &end);

	if (end == delay || *end != '\0' ||
		!(seconds >= 0.01 && seconds <= SECONDS_MAX)) {
		vmm_complain("bad --delay '%s': not a number of seconds from "
			     "0.01 to %d",
			delay, SECONDS_MAX);
		return -1;
	}
	settings->delay_ms = (int)(seconds * 1000);
	return 0;
}

static int
parse_order(void)
{
	for (const char *const *name = vmm_top_orders; *name != NULL; name++)
		if (strcmp(*name, order) == 0)
			return 0;
	vmm_complain("bad --sort '%s': must be committed, peak, blocks, calls, "
		     "purged, pid or name",
		order);
	return -1;
}

/* Returns 0 or, after a complaint, -1. */
static int
parse(struct settings *settings, char *arguments[])
{
	int root = 0;

	settings->is_screen = vmm_screen_is_one();
	settings->count = settings->is_screen ? 0 : 1;
	if (count != NULL &&
		vmm_parse_int(count, 1, INT_MAX, &settings->count) != 0) {
		vmm_complain("bad --count '%s': not a number from 1 on", count);
		return -1;
	}
	if (tree != NULL && vmm_parse_int(tree, 1, INT_MAX, &root) != 0) {
		vmm_complain(
			"bad --tree '%s': not the number of a process", tree);
		return -1;
	}
	settings->choice.pids = arguments;
	settings->choice.tree = (pid_t)root;
	settings->choice.sample_ms = SAMPLE_MS;
	return parse_delay(settings) == 0 ? parse_order() : -1;
}

static void
show(const struct vmm_top *top, bool is_screen)
{
	struct vmm_top_look look = { .line_end = "",
		.is_utf8 = vmm_sparkline_is_utf8() };

	if (is_screen) {
		vmm_screen_size(&look.columns, &look.lines);
		look.line_end = VMM_SCREEN_REST_OF_LINE;
		fputs(VMM_SCREEN_HOME, stdout);
	}
	vmm_top_print(top, &look, stdout);
	if (is_screen)
		fputs(VMM_SCREEN_REST, stdout);
	fflush(stdout);
}

/* Waits; false if the user ends it. */
static bool
wait_for_next(const struct settings *settings)
{
	int key = vmm_screen_key(settings->delay_ms);

	return key != 'q' && key != 'Q' && !vmm_child_is_interrupted();
}

static int
watch(const struct settings *settings)
{
	struct vmm_top top = { .n = 0 };
	struct vmm_live_list list;
	int status = VMM_EXIT_OK;
	int n = 0;

	do {
		if (n > 0 && !settings->is_screen)
			putchar('\n');
		if (vmm_live_list(&list, &settings->choice) != 0 && n == 0)
			status = VMM_EXIT_FAILED;
		if (list.n == 0 && settings->choice.pids[0] != NULL) {
			vmm_live_list_free(&list);
			break;
		}
		if (n++ == 0) {
			free(vmm_complaint_take()); /* no more of them */
			if (settings->is_screen)
				vmm_screen_begin();
		}
		vmm_top_update(&top, &list, vmm_child_now(), order);
		vmm_live_list_free(&list);
		show(&top, settings->is_screen);
	} while (n != settings->count && wait_for_next(settings));
	vmm_screen_end();
	vmm_top_free(&top);
	return status;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	struct settings settings = { .count = 0 };
	int status;

	(void)pool;
	if (parse(&settings, arguments) != 0)
		return VMM_EXIT_USAGE;
	vmm_child_catch_signals();
	status = watch(&settings);
	if (vmm_child_is_interrupted())
		vmm_child_end_by_signal();
	return status;
}

static const struct vmm_option options[] = {
	{ .letter = 'd',
		.name = "delay",
		.value = "SECONDS",
		.meaning = "time between two readings; 1 by default",
		.text = &delay },
	{ .letter = 'n',
		.name = "count",
		.value = "COUNT",
		.meaning =
			"end after this many readings; by default never on a "
			"terminal, and otherwise after one",
		.text = &count },
	{ .letter = 's',
		.name = "sort",
		.value = "ORDER",
		.meaning = "by committed, peak, blocks, calls, purged, pid or "
			   "name",
		.text = &order },
	{ .letter = 't',
		.name = "tree",
		.value = "PID",
		.meaning = "only this process and its descendants",
		.text = &tree },
	{ .name = NULL },
};

const struct vmm_command vmm_command_top = {
	.name = "top",
	.summary = "watch the heaps of running processes",
	.arguments = "[PID...]",
	.description =
		"Shows processes that run with libvmmalloc, the largest first: "
		"committed memory and its history, the peak, bytes in blocks, "
		"and how much is committed and purged per second. Without PID "
		"all processes that this user may trace. The key q ends it.",
	.notes = "If the output is no terminal, tables follow each other.",
	.options = options,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
