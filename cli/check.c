/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc backends --check: runs the conformance set. Each check is a process
 * of its own: this program again, with libvmmalloc and the backend. A check
 * that crashes or hangs counts as failed, and the next one is run.
 */
#include "config.h"

#include "cli/check.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/plugins.h"
#include "conform/conform.h"
#include "libvmmalloc.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define PATIENCE 300 /* seconds for one check */
#define NAME_WIDTH 18

struct job {
	const struct vmm_settings *settings;
	const char *backend;
	const struct vmm_check *check;
};

static void
prepare(const void *arg)
{
	const struct job *job = arg;

	/*
	 * LD_PRELOAD must name only our library, which the export below adds.
	 */
	unsetenv("LD_PRELOAD");
	unsetenv(VMMALLOC_STATS_FILE_VAR);
	if (job->check->fork_mode != NULL)
		setenv(VMMALLOC_FORK_VAR, job->check->fork_mode, 1);
	else
		unsetenv(VMMALLOC_FORK_VAR);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	vmm_settings_export(job->settings, job->backend, NULL);
}

static void
print(const char *name, const char *result, const char *reason)
{
	printf("%-*s  %s%s%s\n", NAME_WIDTH, name, result,
		reason != NULL ? ": " : "", reason != NULL ? reason : "");
	fflush(stdout);
}

/* Prints the line of a check. Returns true if the backend has not failed it. */
static bool
judge(const struct vmm_check *check, int status, const char *said)
{
	bool has_ended = WIFEXITED(status);
	char *how, *reason;

	if (has_ended && WEXITSTATUS(status) == VMM_CONFORM_OK) {
		print(check->name, "ok", NULL);
		return true;
	}
	if (has_ended && WEXITSTATUS(status) == VMM_CONFORM_LACKS) {
		print(check->name, "lacks", said);
		return true;
	}
	if (has_ended && WEXITSTATUS(status) == VMM_CONFORM_FAILED) {
		print(check->name, "FAILED", said);
		return false;
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		how = vmm_text("no result within %d seconds", PATIENCE);
	else
		how = vmm_child_describe(status);
	reason = vmm_text("%s%s%s", how, said[0] != '\0' ? ": " : "", said);
	print(check->name, "FAILED", reason);
	free(reason);
	free(how);
	return false;
}

/* Returns 1 if it passed, 0 if it failed, or -1 after a complaint. */
static int
run_check(const struct job *job)
{
	char *const argv[] = { (char *)"vmmalloc", (char *)VMM_CHECK_OPTION,
		(char *)job->check->name, NULL };
	struct vmm_child child = { .path = "/proc/self/exe",
		.argv = argv,
		.prepare = prepare,
		.arg = job,
		.seconds = PATIENCE };
	int said = memfd_create("stderr", MFD_CLOEXEC);
	int result = -1;

	if (said < 0) {
		vmm_complain("cannot check backend '%s': memfd_create: %s",
			job->backend, strerror(errno));
		return -1;
	}
	child.stdout_fd = said;
	child.stderr_fd = said;
	if (vmm_child_run(&child) == 0) {
		char text[1024];
		ssize_t n = pread(said, text, sizeof(text) - 1, 0);

		text[n > 0 ? n : 0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		result = judge(job->check, child.status, text);
	}
	close(said);
	return result;
}

/* Checks that the backend loads at all; returns the same as run_check. */
static int
check_load(const struct vmm_settings *settings, const char *backend)
{
	struct vmm_plugin plugin = { .name = (char *)backend };

	if (vmm_plugin_probe(settings, &plugin) != 0)
		return -1;
	print("load", plugin.failure == NULL ? "ok" : "FAILED", plugin.failure);
	free(plugin.version);
	free(plugin.library_version);
	free(plugin.abi);
	if (plugin.failure == NULL)
		return 1;
	free(plugin.failure);
	return 0;
}

static bool
is_wanted(const struct vmm_check *check, char *const names[])
{
	if (names[0] == NULL)
		return true;
	for (size_t i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], check->name) == 0)
			return true;
	}
	return false;
}

/*
 * Whether each name is that of a check; complains about the first that is not.
 */
static bool
are_known(char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++) {
		size_t k = 0;

		while (k < vmm_checks_count &&
			strcmp(vmm_checks[k].name, names[i]) != 0)
			k++;
		if (k == vmm_checks_count) {
			vmm_complain("backends: no check '%s'; without a name "
				     "all run",
				names[i]);
			return false;
		}
	}
	return true;
}

int
vmm_check_backend(const struct vmm_settings *settings, const char *backend,
	char *const names[])
{
	int result, status;

	if (!are_known(names))
		return VMM_EXIT_USAGE;
	result = check_load(settings, backend);
	status = result > 0 ? VMM_EXIT_OK : VMM_EXIT_FAILED;
	for (size_t i = 0; i < vmm_checks_count && result > 0; i++) {
		struct job job = { settings, backend, &vmm_checks[i] };
		int one;

		if (!is_wanted(&vmm_checks[i], names))
			continue;
		one = run_check(&job);
		if (one < 0 || vmm_child_is_interrupted())
			result = -1;
		if (one <= 0)
			status = VMM_EXIT_FAILED;
	}
	if (vmm_child_is_interrupted())
		vmm_child_end_by_signal();
	return status;
}
