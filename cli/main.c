/* SPDX-License-Identifier: BSD-3-Clause */
/* The vmmalloc command: picks the sub-command. */
#include "config.h"

#include "cli/check.h"
#include "cli/cli.h"
#include "cli/plugins.h"
#include "conform/conform.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name;
	int (*run)(int argc, char *argv[]);
} commands[] = {
	{ "backends", vmm_command_backends },
	{ "compare", vmm_command_compare },
	{ "run", vmm_command_run },
};

static int
help(const char *topic)
{
	if (vmm_help(topic) == 0)
		return VMM_EXIT_OK;
	vmm_complain("no help on '%s': no such command; see 'vmmalloc --help'",
		topic != NULL ? topic : "vmmalloc");
	return VMM_EXIT_USAGE;
}

static int
start_command(int argc, char *argv[])
{
	const size_t n = sizeof(commands) / sizeof(commands[0]);

	if (strcmp(argv[0], "help") == 0)
		return help(argv[1]);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(commands[i].name, argv[0]) == 0) {
			optind = 0; /* glibc: start again with a new argv */
			return commands[i].run(argc, argv);
		}
	}
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
	opterr = 0;
	switch (getopt_long(argc, argv, "+:hV", options, NULL)) {
	case 'h':
		return help(NULL);
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
		vmm_complain("no command given: run, backends or compare; see "
			     "'vmmalloc --help'");
		return VMM_EXIT_USAGE;
	}
	return start_command(argc - optind, argv + optind);
}
