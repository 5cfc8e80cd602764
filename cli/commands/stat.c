/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc stat: the numbers of processes that run, once. */
#include "config.h"

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/live/stat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A busy program answers within 10 ms. */
#define SAMPLE_MS 30

static bool wants_json;
static bool wants_metrics;
static const char *output;

static void
print(const struct vmm_live_list *list, FILE *to)
{
	if (wants_json)
		vmm_stat_print_json(list, to);
	else if (wants_metrics)
		vmm_stat_print_metrics(list, to);
	else
		vmm_stat_print_text(list, to);
}

/* Writes beside the file, and then puts it in its place: it is never half. */
static int
write_file(const struct vmm_live_list *list)
{
	char *name = vmm_text("%s.XXXXXX", output);
	int fd = mkstemp(name);
	FILE *to = fd >= 0 ? fdopen(fd, "w") : NULL;
	int r = -1;

	if (to != NULL) {
		print(list, to);
		r = fflush(to) != 0 || ferror(to) ? -1 : 0;
		if (r == 0)
			r = fchmod(fd, 0644);
		if (fclose(to) != 0)
			r = -1;
		if (r == 0)
			r = rename(name, output);
	}
	if (r != 0) {
		vmm_complain("cannot write %s: %s", output, strerror(errno));
		if (fd >= 0)
			unlink(name);
	}
	free(name);
	return r;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	struct vmm_live_choice choice = {
		.pids = arguments,
		.sample_ms = SAMPLE_MS,
	};
	struct vmm_live_list list;
	int r;

	(void)pool;
	if (wants_json && wants_metrics) {
		vmm_complain("stat: --json and --openmetrics exclude each "
			     "other");
		return VMM_EXIT_USAGE;
	}
	r = vmm_live_list(&list, &choice);
	if (list.refused > 0)
		vmm_complain("%zu more with libvmmalloc: %s", list.refused,
			vmm_live_page_why(EACCES));
	if (output != NULL)
		r |= write_file(&list);
	else
		print(&list, stdout);
	vmm_live_list_free(&list);
	return r == 0 ? VMM_EXIT_OK : VMM_EXIT_FAILED;
}

static const struct vmm_option options[] = {
	{ .letter = 'j',
		.name = "json",
		.meaning = "print JSON",
		.flag = &wants_json },
	{ .letter = 'm',
		.name = "openmetrics",
		.meaning = "print OpenMetrics, for Prometheus and the like",
		.flag = &wants_metrics },
	{ .letter = 'o',
		.name = "output",
		.value = "FILE",
		.meaning = "write to a file, which is replaced at once",
		.text = &output },
	{ .name = NULL },
};

const struct vmm_command vmm_command_stat = {
	.name = "stat",
	.summary = "print the numbers of running processes",
	.arguments = "[PID...]",
	.description =
		"Prints what processes that run with libvmmalloc have in their "
		"pools: committed memory, its peak, places, forks and so on. "
		"Without PID all processes that this user may trace.",
	.notes = "The processes are not stopped, and do not notice it.",
	.options = options,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
