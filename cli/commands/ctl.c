/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc ctl: makes a request of a process that runs. */
#include "config.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/live/page.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct request {
	const char *name;
	uint32_t command;
	const char *partly; /* what the answer PARTLY means */
} requests[] = {
	{ "purge", VMMALLOC_PAGE_PURGE,
		"the backend keeps its own free memory" },
	{ "reset-peak", VMMALLOC_PAGE_RESET_PEAK, "" },
	{ "dump", VMMALLOC_PAGE_DUMP,
		"the report lacks the numbers of the backend" },
	{ "profile", VMMALLOC_PAGE_PROFILE, "" },
	{ NULL, 0, NULL },
};

static const char *timeout = "5";

/* The text is of another process: it is parsed and written again. */
static int
print_report(const struct vmm_live_page *live, int pid)
{
	char *text = vmm_live_page_report(live);
	json_t *report = text != NULL ? json_loads(text, 0, NULL) : NULL;
	int status = VMM_EXIT_FAILED;

	if (report != NULL && json_dumpf(report, stdout, JSON_INDENT(2)) == 0) {
		putchar('\n');
		status = VMM_EXIT_OK;
	} else {
		vmm_complain("process %d: its report cannot be read", pid);
	}
	json_decref(report);
	free(text);
	return status;
}

static int
tell(const struct vmm_live_page *live, const struct request *request, int pid,
	int result)
{
	switch (result) {
	case VMMALLOC_PAGE_PARTLY:
		vmm_complain("process %d: %s does not allow it at all times: "
			     "%s",
			pid, live->page.backend, request->partly);
		break;
	case VMMALLOC_PAGE_DONE:
		break;
	case ENOENT:
	case EBUSY:
		vmm_complain("process %d: %s", pid,
			result == EBUSY ? "it is writing a profile already"
					: "it runs without VMMALLOC_PROFILE");
		return VMM_EXIT_FAILED;
	case EINVAL:
		vmm_complain("process %d: its libvmmalloc %s has no %s", pid,
			live->page.library_version, request->name);
		return VMM_EXIT_FAILED;
	default:
		vmm_complain("process %d: %s: %s", pid, request->name,
			strerror(result));
		return VMM_EXIT_FAILED;
	}
	return request->command == VMMALLOC_PAGE_DUMP ? print_report(live, pid)
						      : VMM_EXIT_OK;
}

static int
ask(const struct request *request, int pid, int seconds)
{
	struct vmm_live_page live;
	int result = 0;
	int status = VMM_EXIT_FAILED;

	if (vmm_live_page_open(&live, (pid_t)pid) != 0) {
		vmm_complain("process %d: %s", pid, vmm_live_page_why(errno));
		return VMM_EXIT_FAILED;
	}
	if (vmm_live_page_ask(&live, request->command,
		    (unsigned int)seconds * 1000, &result) == 0)
		status = tell(&live, request, pid, result);
	else if (errno == ETIMEDOUT)
		vmm_complain("process %d has not answered in %d s: it "
			     "allocates nothing, or its heap has all the "
			     "memory it needs; the request stays until it does",
			pid, seconds);
	else
		vmm_complain("process %d: %s", pid, vmm_live_page_why(errno));
	vmm_live_page_close(&live);
	return status;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	const struct request *request = requests;
	int pid, seconds;

	(void)pool;
	if (arguments[0] == NULL || arguments[1] == NULL ||
		arguments[2] != NULL) {
		vmm_complain("ctl: give a PID and a REQUEST; see 'vmmalloc "
			     "help ctl'");
		return VMM_EXIT_USAGE;
	}
	if (vmm_parse_int(arguments[0], 1, INT_MAX, &pid) != 0) {
		vmm_complain(
			"'%s' is not the number of a process", arguments[0]);
		return VMM_EXIT_USAGE;
	}
	if (vmm_parse_int(timeout, 0, INT_MAX / 1000, &seconds) != 0) {
		vmm_complain(
			"bad --timeout '%s': not a number of seconds", timeout);
		return VMM_EXIT_USAGE;
	}
	while (request->name != NULL &&
		strcmp(request->name, arguments[1]) != 0)
		request++;
	if (request->name != NULL)
		return ask(request, pid, seconds);
	vmm_complain("ctl: no request '%s'; there are purge, reset-peak, "
		     "dump and profile",
		arguments[1]);
	return VMM_EXIT_USAGE;
}

static const struct vmm_option options[] = {
	{ .letter = 't',
		.name = "timeout",
		.value = "SECONDS",
		.meaning = "how long to wait for the answer; 5 by default",
		.text = &timeout },
	{ .name = NULL },
};

const struct vmm_command vmm_command_ctl = {
	.name = "ctl",
	.summary = "make a running process purge, or report",
	.arguments = "PID REQUEST",
	.description =
		"Makes a request of a process that runs with libvmmalloc, and "
		"that this user may trace: purge returns unused memory, "
		"reset-peak begins the peak of committed memory again, and "
		"dump prints the report that VMMALLOC_STATS_FILE would have "
		"now.",
	.notes = "The process answers when its heap next takes a slow path; "
		 "one that does not allocate never answers.",
	.options = options,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
