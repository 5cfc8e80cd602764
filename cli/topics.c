/* SPDX-License-Identifier: BSD-3-Clause */
/* The topics of `vmmalloc help`; see help.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/help.h"
#include "core/env.h"

#include <stdio.h>
#include <stdlib.h>

#define VARIABLE 25 /* column of what is said of a variable */
#define MODE 5	    /* the same of a mode of fork */

struct variable {
	struct vmm_env_var var;
	const char *meaning;
};

/* Rows without a field: the command reads none of them here. */
#define ROW(id, field, type_, min_, max_, fallback_, meaning_) \
	{ { .name = "VMMALLOC_" #id,                           \
		  .type = VMM_ENV_##type_,                     \
		  .min = (min_),                               \
		  .max = (max_),                               \
		  .fallback = (fallback_) },                   \
		(meaning_) },
static const struct variable library[] = { VMM_ENV_LIBRARY(ROW) };
static const struct variable debug[] = { VMM_ENV_DEBUG(ROW) };
static const struct variable command[] = { VMM_ENV_COMMAND(ROW) };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
print_variables(const char *title, const struct variable *variables, size_t n)
{
	printf("\n%s\n\n", title);
	for (size_t i = 0; i < n; i++) {
		const struct vmm_env_var *var = &variables[i].var;
		char values[128];
		char *text;

		vmm_env_describe(var, values, sizeof(values));
		if (var->fallback == NULL)
			text = vmm_text("%s; must be set\n%s", values,
				variables[i].meaning);
		else
			text = vmm_text("%s [%s]\n%s", values,
				var->fallback[0] != '\0' ? var->fallback
							 : "none",
				variables[i].meaning);
		vmm_help_term(var->name, text, VARIABLE);
		free(text);
	}
}

static void
print_environment(void)
{
	vmm_help_wrap(
		"The library reads these variables when a program starts, with "
		"the default in brackets. vmmalloc sets those of the pool and "
		"of the backend for the programs that it runs. A value that is "
		"not allowed ends the program before it starts, with one line "
		"that names variable and value. In set-user-ID and "
		"set-group-ID programs all count as unset.",
		0, 0);
	print_variables("The library:", library, COUNT(library));
	print_variables(
		"The debug variant of the library:", debug, COUNT(debug));
	print_variables("The command vmmalloc:", command, COUNT(command));
	puts("\nManual: libvmmalloc(7), ENVIRONMENT.");
}

static void
print_fork(void)
{
	vmm_help_wrap("VMMALLOC_FORK says how the heap is divided when the "
		      "program calls fork(2):\n",
		0, 0);
	vmm_help_term("0",
		"Parent and child share one heap, and corrupt it if both use "
		"it: only if every child calls exec(3) at once.",
		MODE);
	vmm_help_term("1",
		"The default. The heap becomes copy-on-write, as ordinary "
		"memory is. The fork is fast; what parent or child changes or "
		"allocates from then on is in RAM, not in the pool's "
		"directory.",
		MODE);
	vmm_help_term("2",
		"The child gets a copy of the heap in a new file, and both "
		"stay in the pool's directory. The fork takes as long as "
		"copying all memory in use; without room for it, it fails with "
		"ENOMEM.",
		MODE);
	vmm_help_term("3",
		"As mode 2 or, if the copy cannot be made, as mode 1.", MODE);
	putchar('\n');
	vmm_help_wrap(
		"VMMALLOC_FORK_RETURN=1 is for a server that forks for a short "
		"time in mode 1, for example to save its data, or that becomes "
		"a daemon: memory that it allocates after the fork is in the "
		"pool's directory again.\n"
		"\n"
		"Manual: libvmmalloc(7), ENVIRONMENT and CAVEATS.",
		0, 0);
}

static void
print_tuning(void)
{
	vmm_help_wrap(
		"Each step is more work than the one before; stop when the "
		"program is fast and small enough.\n",
		0, 0);
	vmm_help_term("1.",
		"Change nothing: vmmalloc run -- PROGRAM. The defaults suit "
		"most programs.",
		MODE);
	vmm_help_term("2.",
		"Measure: vmmalloc compare -- PROGRAM tells which backend is "
		"fastest and which takes the least memory for this program.",
		MODE);
	vmm_help_term("3.",
		"Choose the memory: --pool-dir node:LIST or interleave:LIST "
		"for memory nodes, a DAX file system, or hugetlbfs.",
		MODE);
	vmm_help_term("4.",
		"Trade time for memory: VMMALLOC_HUGE_PAGES=0 if memory is "
		"scarcer than processor time; VMMALLOC_PREALLOC=1 if all "
		"memory must be there from the start; a mode of fork, see "
		"'vmmalloc help fork'.",
		MODE);
	vmm_help_term("5.",
		"Look inside: VMMALLOC_STATS_FILE for a report of the pool, "
		"the debug variant for a log and for errors of the program.",
		MODE);
	vmm_help_term("6.",
		"Tune the allocator of the backend: MALLOC_CONF of jemalloc, "
		"TCMALLOC_ variables of tcmalloc.",
		MODE);
	putchar('\n');
	vmm_help_wrap("Manual: libvmmalloc(7), vmmalloc-native(7), "
		      "vmmalloc-jemalloc(7), vmmalloc-tcmalloc(7).",
		0, 0);
}

const struct vmm_topic vmm_topics[] = {
	{ "environment", "the variables that the library reads",
		print_environment },
	{ "fork", "what becomes of the heap when a program forks", print_fork },
	{ "tuning", "what to try, from the least work to the most",
		print_tuning },
	{ NULL, NULL, NULL },
};
