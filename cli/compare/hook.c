/* SPDX-License-Identifier: BSD-3-Clause */
/* Running a command beside those that are measured; see hook.h. */
#include "config.h"

#include "cli/compare/hook.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/compare/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
prepare(const void *nothing)
{
	(void)nothing;
}

int
vmm_hook_run(const char *option, const char *command, bool is_cleanup)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)command,
		NULL };
	struct vmm_child child = { .path = "/bin/sh",
		.argv = argv,
		.prepare = prepare,
		.is_cleanup = is_cleanup };
	int result = -1;
	int said;

	if (command == NULL)
		return 0;
	said = memfd_create("output", MFD_CLOEXEC);
	if (said < 0) {
		vmm_complain("cannot run --%s '%s': memfd_create: %s", option,
			command, strerror(errno));
		return -1;
	}
	child.stdout_fd = said;
	child.stderr_fd = said;
	if (vmm_child_run(&child) == 0) {
		result = child.status == 0 ? 0 : -1;
		if (result != 0 &&
			(is_cleanup || !vmm_child_is_interrupted())) {
			char *why = vmm_child_describe(child.status);

			vmm_complain(
				"--%s '%s' fails: %s", option, command, why);
			vmm_outcome_show_tail(said);
			free(why);
		}
	}
	close(said);
	return result;
}

int
vmm_hook_try(const char *script)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script,
		NULL };
	struct vmm_child child = {
		.path = "/bin/sh", .argv = argv, .prepare = prepare
	};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int result;

	child.stdout_fd = child.stderr_fd = null;
	result = null < 0 ? -1 : vmm_child_run(&child);
	if (null >= 0)
		close(null);
	return result == 0 && child.status == 0 ? 0 : -1;
}
