/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc run: checks, sets the environment, and executes the command. */
#include "config.h"

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/memtier.h"
#include "cli/preload.h"
#include "cli/settings.h"
#include "cli/variables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static bool has_core;
static bool is_dry;

/*
 * Includes all kinds of mappings in core files. By default the kernel leaves
 * out those on DAX and hugetlbfs, and with them the heap. The command inherits
 * the setting.
 */
static int
dump_all(void)
{
	static const char all[] = "0x1ff";
	int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, all, sizeof(all) - 1) < 0) {
		vmm_complain("run --core: cannot set "
			     "/proc/self/coredump_filter: %s",
			strerror(errno));
		return -1;
	}
	close(fd);
	return 0;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	struct vmm_settings settings;
	const char *name;
	char *path;
	int status;

	if (vmm_variables_export() != 0 ||
		(pool->dir == NULL && vmm_memtier_convert() != 0) ||
		vmm_settings_resolve(&settings, pool) != 0)
		return VMM_EXIT_RUN_FAILED;
	name = vmm_settings_pick_backend(&settings, pool->backend);
	if (name == NULL)
		return VMM_EXIT_RUN_FAILED;
	status = vmm_preload_check(arguments[0], settings.library, &path);
	if (status != 0)
		return status;
	if (has_core && !is_dry && dump_all() != 0)
		return VMM_EXIT_RUN_FAILED;
	vmm_settings_export(&settings, name, NULL);
	if (is_dry) {
		vmm_variables_print();
		return VMM_EXIT_OK;
	}
	execvp(path, arguments);
	vmm_complain("cannot run '%s': %s", arguments[0], strerror(errno));
	return errno == ENOENT ? VMM_EXIT_NOT_FOUND : VMM_EXIT_CANNOT_EXECUTE;
}

static const struct vmm_option options[] = {
	{ .letter = 'c',
		.name = "core",
		.meaning = "include the heap in core files, on DAX and "
			   "hugetlbfs too",
		.flag = &has_core },
	{ .letter = 'n',
		.name = "dry-run",
		.meaning = "make all checks, print the environment of COMMAND, "
			   "and do not run it",
		.flag = &is_dry },
	{ .name = NULL },
};

const struct vmm_command vmm_command_run = {
	.name = "run",
	.summary = "run a program in a pool",
	.arguments = "[--] COMMAND [ARGUMENT...]",
	.description =
		"Runs COMMAND with every allocation in a memory-mapped pool. "
		"Exit status: that of COMMAND; 125 if vmmalloc fails, 126 if "
		"COMMAND cannot be executed, 127 if it is not found.",
	.options = options,
	.has_backend = true,
	.has_pool = true,
	.has_variables = true,
	.needs_program = true,
	.usage_status = VMM_EXIT_RUN_FAILED,
	.run = run,
};
