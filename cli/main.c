/* SPDX-License-Identifier: BSD-3-Clause */
/* The vmmalloc command: picks the sub-command. */
#include "config.h"

#include "cli/check.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/plugins.h"
#include "cli/replay/replay.h"
#include "conform/conform.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names all commands but help, which is the last. */
static void
complain_no_command(void)
{
	char *names = vmm_text("%s", vmm_commands[0]->name);

	for (size_t i = 1; vmm_commands[i + 1] != NULL; i++) {
		bool is_last = vmm_commands[i + 2] == NULL;
		char *longer = vmm_text("%s%s%s", names,
			is_last ? " or " : ", ", vmm_commands[i]->name);

		free(names);
		names = longer;
	}
	vmm_complain("no command given: %s; see 'vmmalloc --help'", names);
	free(names);
}

static int
start_command(int argc, char *argv[])
{
	const struct vmm_command *command = vmm_command_find(argv[0]);

	if (command != NULL)
		return vmm_command_start(command, argc, argv);
	vmm_complain("no such command '%s'; see 'vmmalloc --help'", argv[0]);
	return VMM_EXIT_USAGE;
}

int
main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};

	if (argc == 2 && strcmp(argv[1], VMM_PROBE_OPTION) == 0)
		return VMM_EXIT_OK;
	if (argc == 3 && strcmp(argv[1], VMM_CHECK_OPTION) == 0)
		return vmm_conform_run(argv[2]);
	if (argc == 4 && strcmp(argv[1], VMM_REPLAY_OPTION) == 0)
		return vmm_replay_here(argv[2], argv[3]);
	opterr = 0;
	switch (getopt_long(argc, argv, "+:hV", options, NULL)) {
	case 'h':
		vmm_help_general();
		return VMM_EXIT_OK;
	case 'V':
		printf("vmmalloc %s\n", PACKAGE_VERSION);
		return VMM_EXIT_OK;
	case -1:
		break;
	default:
		vmm_complain("no such option '%s'; see 'vmmalloc --help'",
			argv[optind - 1]);
		return VMM_EXIT_USAGE;
	}
	if (optind == argc) {
		complain_no_command();
		return VMM_EXIT_USAGE;
	}
	return start_command(argc - optind, argv + optind);
}
