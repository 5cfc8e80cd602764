/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc backends: lists the backends that are installed, and whether each
 * loads.
 */
#include "config.h"

#include "cli/check.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/locate.h"
#include "cli/plugins.h"
#include "cli/settings.h"
#include "cli/table.h"
#include "libvmmalloc.h"

#include <stdlib.h>
#include <string.h>

static const char *check;

static const char *
text_or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static void
print(const struct vmm_plugin *plugins, size_t n)
{
	struct vmm_table table;

	vmm_table_init(&table, "lllll");
	vmm_table_add(&table, "NAME");
	vmm_table_add(&table, "VERSION");
	vmm_table_add(&table, "ALLOCATOR");
	vmm_table_add(&table, "ABI");
	vmm_table_add(&table, "FILE");
	for (size_t i = 0; i < n; i++) {
		const struct vmm_plugin *p = &plugins[i];

		vmm_table_add(&table, "%s%s", p->name,
			strcmp(p->name, VMM_DEFAULT_BACKEND) == 0 ? " (default)"
								  : "");
		vmm_table_add(&table, "%s", text_or_dash(p->version));
		vmm_table_add(&table, "%s", text_or_dash(p->library_version));
		vmm_table_add(&table, "%s", text_or_dash(p->abi));
		if (p->failure == NULL)
			vmm_table_add(&table, "%s", p->path);
		else
			vmm_table_add(&table, "%s: does not load: %s", p->path,
				p->failure);
	}
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

static int
list_backends(const struct vmm_settings *settings)
{
	int status = VMM_EXIT_OK;
	struct vmm_plugin *plugins;
	size_t n;

	plugins = vmm_plugins_find(settings, &n);
	if (n == 0) {
		char *directories =
			vmm_locate_directories(settings->backend_path);

		vmm_complain("no backends in %s; install some or set "
			     "VMMALLOC_BACKEND_PATH",
			directories);
		free(directories);
		return VMM_EXIT_FAILED;
	}
	for (size_t i = 0; i < n; i++) {
		int result = vmm_plugin_probe(settings, &plugins[i]);

		if (vmm_child_is_interrupted())
			vmm_child_end_by_signal();
		if (result != 0)
			return VMM_EXIT_FAILED;
		if (plugins[i].failure != NULL)
			status = VMM_EXIT_FAILED;
	}
	print(plugins, n);
	vmm_plugins_free(plugins, n);
	return status;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	struct vmm_settings settings;
	const char *name;

	if (arguments[0] != NULL && check == NULL) {
		vmm_complain("backends: unexpected argument '%s'; see "
			     "'vmmalloc help backends'",
			arguments[0]);
		return VMM_EXIT_USAGE;
	}
	vmm_child_catch_signals();
	if (vmm_settings_resolve(&settings, pool) != 0)
		return VMM_EXIT_FAILED;
	if (check == NULL)
		return list_backends(&settings);
	name = vmm_settings_pick_backend(&settings, check);
	if (name == NULL)
		return VMM_EXIT_FAILED;
	/*
	 * A pool whose size nobody chose need not be larger than the set needs.
	 */
	if (pool->size == NULL && getenv(VMMALLOC_POOL_SIZE_VAR) == NULL &&
		settings.pool_size > VMM_CHECK_POOL_SIZE)
		settings.pool_size = VMM_CHECK_POOL_SIZE;
	return vmm_check_backend(&settings, name, arguments);
}

static const struct vmm_option options[] = {
	{ .letter = 'c',
		.name = "check",
		.value = "NAME",
		.meaning = "run the conformance checks on this backend "
			   "instead: one line per check, exit status 1 if one "
			   "fails; in a pool of at most 256M",
		.text = &check },
	{ .name = NULL },
};

const struct vmm_command vmm_command_backends = {
	.name = "backends",
	.summary = "list the installed heap backends",
	.arguments = "[CHECK...]",
	.description =
		"Lists the installed heap backends: versions of the plugin and "
		"of its allocator, plugin ABI, file and, if one does not load, "
		"the reason. Each is tried in a process of its own. Exit "
		"status 1 if one does not load.",
	.notes = "Which one to use: native, the project's own, has the fewest "
		 "page faults and the least memory; jemalloc and tcmalloc are "
		 "the libraries of these names, for programs that are tuned "
		 "for them. The compare command tells which is best for a "
		 "program, and the run command uses it. Others can be added: "
		 "VMMALLOC_BACKEND_PATH names their directories.\n\nManual: "
		 "vmmalloc-backends(1), vmmalloc-native(7), "
		 "vmmalloc-jemalloc(7), vmmalloc-tcmalloc(7), "
		 "vmmalloc-backend(3).",
	.options = options,
	.has_pool = true,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
