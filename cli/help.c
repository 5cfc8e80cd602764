/* SPDX-License-Identifier: BSD-3-Clause */
/* The help texts; vmmalloc(1) is the full reference. */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#define POOL_OPTIONS                                                         \
	"  -d, --pool-dir DIR    directory of the pool [VMMALLOC_POOL_DIR, " \
	"or\n"                                                               \
	"                        /dev/shm]\n"                                \
	"  -s, --pool-size SIZE  bytes, or a number with K, M, G or T\n"     \
	"                        [VMMALLOC_POOL_SIZE, or half of the free\n" \
	"                        space there]\n"

static const struct topic {
	const char *name;
	const char *text;
} topics[] = {
	{ "backends",
		"Usage: vmmalloc backends [OPTION...]\n"
		"Lists the installed heap backends: versions of the plugin and "
		"of its allocator,\n"
		"plugin ABI, file and, if one does not load, the reason. Each "
		"is tried in a\n"
		"process of its own. Exit status 1 if one does not load.\n"
		"\n"
		"  -c, --check NAME      run the conformance checks on this "
		"backend instead:\n"
		"                        one line per check, exit status 1 if "
		"one fails; in a\n"
		"                        pool of at most 256M\n" POOL_OPTIONS },
	{ "compare",
		"Usage: vmmalloc compare [OPTION...] [--] COMMAND [ARGUMENT...]"
		"\n"
		"Runs COMMAND with the system's allocator and with each "
		"backend, interleaved,\n"
		"after one warm-up run each, and prints the medians and their "
		"ratios to system.\n"
		"COMMAND reads /dev/null. Output and exit status must be the "
		"same in every run;\n"
		"a difference is an error, exit status 1.\n"
		"\n"
		"  -b, --backends LIST   names separated by commas; 'system' "
		"is no preload\n"
		"                        [system and all backends that load]\n"
		"  -n, --runs N          measured runs of each [5]\n"
		"  -j, --json FILE       write all runs to FILE\n"
		"  -i, --ignore-output   compare exit statuses "
		"only\n" POOL_OPTIONS "\n"
		"peak is the resident memory of the largest process of "
		"COMMAND, pool the memory\n"
		"committed by the process that committed most ('-' if no "
		"process exited).\n" },
	{ "run",
		"Usage: vmmalloc run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
		"Runs COMMAND with every allocation in a memory-mapped pool. "
		"Exit status: that of\n"
		"COMMAND; 125 if vmmalloc fails, 126 if COMMAND cannot be "
		"executed, 127 if it is\n"
		"not found.\n"
		"\n"
		"  -b, --backend NAME    heap backend [VMMALLOC_BACKEND, "
		"or " VMM_DEFAULT_BACKEND "]\n"
		"  -c, --core            include the heap in core files, on "
		"DAX "
		"and hugetlbfs\n"
		"                        too\n" POOL_OPTIONS },
};

static const char general[] =
	"Usage: vmmalloc COMMAND [OPTION...]\n"
	"Moves every allocation of a program into a memory-mapped pool.\n"
	"\n"
	"  run        run a program in a pool\n"
	"  backends   list the installed heap backends\n"
	"  compare    measure a program with the system's allocator and each "
	"backend\n"
	"  help       explain a command: vmmalloc help run\n"
	"\n"
	"  -h, --help     this text\n"
	"  -V, --version  the version\n"
	"\n"
	"Manual: vmmalloc(1).\n";

int
vmm_help(const char *command)
{
	if (command == NULL) {
		fputs(general, stdout);
		return 0;
	}
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
		if (strcmp(topics[i].name, command) == 0) {
			fputs(topics[i].text, stdout);
			return 0;
		}
	}
	return -1;
}
