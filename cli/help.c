/* SPDX-License-Identifier: BSD-3-Clause */
/* The help texts; vmmalloc(1) has the whole story. */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#define POOL_OPTIONS                                                           \
	"  -d, --pool-dir DIR    folder of the pool file [VMMALLOC_POOL_DIR, " \
	"else\n"                                                               \
	"                        /dev/shm]\n"                                  \
	"  -s, --pool-size SIZE  bytes, or a number with K, M, G or T\n"       \
	"                        [VMMALLOC_POOL_SIZE, else half of what is "   \
	"free there]\n"

static const struct topic {
	const char *name;
	const char *text;
} topics[] = {
	{ "backends",
		"Usage: vmmalloc backends [OPTION...]\n"
		"Lists the heap backends that are there: versions of the "
		"plugin and of its\n"
		"allocator, plugin ABI, file, and why one does not load. Each "
		"is tried in a\n"
		"process of its own. Exit status 1 where one does not load.\n"
		"\n"
		"  -c, --check NAME      run the conformance set on one "
		"instead: a line a check,\n"
		"                        exit status 1 where one fails; in a "
		"pool of 256M\n" POOL_OPTIONS },
	{ "compare",
		"Usage: vmmalloc compare [OPTION...] [--] COMMAND [ARGUMENT...]"
		"\n"
		"Runs COMMAND with the system's allocator and with each "
		"backend, by turns, after\n"
		"one warm-up each, and prints the medians and their ratios to "
		"system. COMMAND\n"
		"reads /dev/null. Output and exit status must be the same in "
		"every run; a\n"
		"difference is an error, exit status 1.\n"
		"\n"
		"  -b, --backends LIST   names with commas between; 'system' "
		"is no preload\n"
		"                        [system and all that load]\n"
		"  -n, --runs N          measured runs of each [5]\n"
		"  -j, --json FILE       write all runs to FILE\n"
		"  -i, --ignore-output   compare exit statuses "
		"only\n" POOL_OPTIONS "\n"
		"peak is the resident memory of the largest process of "
		"COMMAND, pool the storage\n"
		"committed by the process that committed most ('-' where none "
		"ended by exit).\n" },
	{ "run",
		"Usage: vmmalloc run [OPTION...] [--] COMMAND [ARGUMENT...]\n"
		"Runs COMMAND with every allocation in a memory-mapped pool. "
		"Exit status: that of\n"
		"COMMAND; 125 where vmmalloc fails, 126 where COMMAND cannot "
		"be executed, 127\n"
		"where it is not found.\n"
		"\n"
		"  -b, --backend NAME    heap backend [VMMALLOC_BACKEND, "
		"else " VMM_DEFAULT_BACKEND "]\n"
		"  -c, --core            core files hold the heap, on DAX and "
		"hugetlbfs too\n" POOL_OPTIONS },
};

static const char general[] =
	"Usage: vmmalloc COMMAND [OPTION...]\n"
	"Moves every allocation of a program into a memory-mapped pool.\n"
	"\n"
	"  run        run a program in a pool\n"
	"  backends   list the heap backends that are there\n"
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
