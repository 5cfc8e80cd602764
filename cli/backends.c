/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc backends: lists the backends that are installed, and whether each
 * loads.
 */
#include "config.h"

#include "cli/check.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "cli/plugins.h"
#include "cli/settings.h"
#include "cli/table.h"
#include "libvmmalloc.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

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
		char *folders = vmm_locate_folders(settings->backend_path);

		vmm_complain("no backends in %s; install some or set "
			     "VMMALLOC_BACKEND_PATH",
			folders);
		free(folders);
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

int
vmm_command_backends(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "check", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "pool-dir", required_argument, NULL, 'd' },
		{ "pool-size", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	const char *check = NULL;
	const char *pool_dir = NULL;
	const char *pool_size = NULL;
	struct vmm_settings settings;
	int option;

	while ((option = getopt_long(argc, argv, "+:c:d:hs:", options, NULL)) !=
		-1) {
		switch (option) {
		case 'c':
			check = optarg;
			break;
		case 'd':
			pool_dir = optarg;
			break;
		case 'h':
			vmm_help("backends");
			return VMM_EXIT_OK;
		case 's':
			pool_size = optarg;
			break;
		default:
			vmm_complain_option("backends", option, argv);
			return VMM_EXIT_USAGE;
		}
	}
	if (optind < argc && check == NULL) {
		vmm_complain("backends: unexpected argument '%s'; see "
			     "'vmmalloc help backends'",
			argv[optind]);
		return VMM_EXIT_USAGE;
	}
	vmm_child_catch_signals();
	if (vmm_settings_resolve(&settings, pool_dir, pool_size) != 0)
		return VMM_EXIT_FAILED;
	if (check == NULL)
		return list_backends(&settings);
	check = vmm_settings_pick_backend(&settings, check);
	if (check == NULL)
		return VMM_EXIT_FAILED;
	/*
	 * A pool whose size nobody chose need not be larger than the set needs.
	 */
	if (pool_size == NULL && getenv(VMMALLOC_POOL_SIZE_VAR) == NULL &&
		settings.pool_size > VMM_CHECK_POOL_SIZE)
		settings.pool_size = VMM_CHECK_POOL_SIZE;
	return vmm_check_backend(&settings, check, argv + optind);
}
