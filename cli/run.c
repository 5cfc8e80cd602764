/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc run: checks, sets the environment, and executes the command. */
#include "config.h"

#include "cli/cli.h"
#include "cli/preload.h"
#include "cli/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

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

int
vmm_command_run(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "backend", required_argument, NULL, 'b' },
		{ "core", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "pool-dir", required_argument, NULL, 'd' },
		{ "pool-size", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	const char *backend = NULL;
	const char *pool_dir = NULL;
	const char *pool_size = NULL;
	bool has_core = false;
	struct vmm_settings settings;
	char *path;
	int option;
	int status;

	while ((option = getopt_long(
			argc, argv, "+:b:cd:hs:", options, NULL)) != -1) {
		switch (option) {
		case 'b':
			backend = optarg;
			break;
		case 'c':
			has_core = true;
			break;
		case 'd':
			pool_dir = optarg;
			break;
		case 'h':
			vmm_help("run");
			return VMM_EXIT_OK;
		case 's':
			pool_size = optarg;
			break;
		default:
			vmm_complain_option("run", option, argv);
			return VMM_EXIT_RUN_FAILED;
		}
	}
	if (optind == argc) {
		vmm_complain("run: no command given; see 'vmmalloc help run'");
		return VMM_EXIT_RUN_FAILED;
	}
	argv += optind;
	if (vmm_settings_resolve(&settings, pool_dir, pool_size) != 0)
		return VMM_EXIT_RUN_FAILED;
	backend = vmm_settings_pick_backend(&settings, backend);
	if (backend == NULL)
		return VMM_EXIT_RUN_FAILED;
	status = vmm_preload_check(argv[0], settings.library, &path);
	if (status != 0)
		return status;
	if (has_core && dump_all() != 0)
		return VMM_EXIT_RUN_FAILED;
	vmm_settings_export(&settings, backend, NULL);
	execvp(path, argv);
	vmm_complain("cannot run '%s': %s", argv[0], strerror(errno));
	return errno == ENOENT ? VMM_EXIT_NOT_FOUND : VMM_EXIT_CANNOT_EXECUTE;
}
