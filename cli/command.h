/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A command of vmmalloc. Each is defined in a file of its own,
 * commands/NAME.c; its line in VMM_COMMANDS adds it to the program. The help
 * text and the parser of options follow from the definition.
 */
#ifndef VMM_COMMAND_H
#define VMM_COMMAND_H

#include "cli/settings.h"

#include <stdbool.h>
#include <stddef.h>

/* The values of an option that may be given several times. */
struct vmm_values {
	const char **values;
	size_t n;
};

struct vmm_option {
	char letter;	   /* '\0': none */
	const char *name;  /* NULL after the last option */
	const char *value; /* what the help calls the value; NULL: none */
	const char
		*implied; /* without a value it is this; NULL: must have one */
	const char *meaning;
	/* One of these three: */
	const char **text;	 /* is set to the value */
	struct vmm_values *list; /* each value is appended to it */
	bool *flag;		 /* is set to true */
};

struct vmm_command {
	const char *name;
	const char *summary;	 /* a few words, for the list of commands */
	const char *arguments;	 /* "[--] COMMAND [ARGUMENT...]", or "" */
	const char *description; /* paragraphs for the help, not wrapped */
	const char *notes;	 /* the same, after the options; or NULL */
	const struct vmm_option *options; /* its own; NULL: none */
	bool has_backend;		  /* also takes --backend */
	bool has_pool;	    /* also takes --pool-dir and --pool-size */
	bool has_variables; /* also takes the options of cli/variables.h */
	bool needs_program; /* its arguments are a program and its arguments */
	int usage_status;   /* its exit status for a wrong command line */

	/*
	 * Runs it; pool has the values of the pool's options, and arguments
	 * ends with NULL. Returns an exit status.
	 */
	int (*run)(const struct vmm_pool_choice *pool, char *arguments[]);
};

/* In the order of the help. */
#define VMM_COMMANDS(X) \
	X(run)          \
	X(backends)     \
	X(compare)      \
	X(doctor)       \
	X(stat)         \
	X(top)          \
	X(ctl)          \
	X(profile)      \
	X(record)       \
	X(trace)        \
	X(replay)       \
	X(help)
#define VMM_COMMAND_DECLARE(name) \
	extern const struct vmm_command vmm_command_##name;
VMM_COMMANDS(VMM_COMMAND_DECLARE)

/* All of them; ends with NULL. */
extern const struct vmm_command *const vmm_commands[];

/* Returns NULL if there is no command of this name. */
const struct vmm_command *vmm_command_find(const char *name);

/*
 * Parses options and runs the command; argv[0] is its name. Returns an exit
 * status.
 */
int vmm_command_start(
	const struct vmm_command *command, int argc, char *argv[]);

/*
 * Returns the k-th option of the command, in the order of the help; or NULL if
 * there are fewer.
 */
const struct vmm_option *vmm_command_option(
	const struct vmm_command *command, size_t k);

#endif /* VMM_COMMAND_H */
