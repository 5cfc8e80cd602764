/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The help texts on stdout, of at most 80 columns. Those of commands follow
 * from their definitions, and that of the environment from core/env_vars.h;
 * vmmalloc(1) leads to the full reference.
 */
#ifndef VMM_HELP_H
#define VMM_HELP_H

struct vmm_command;

/* A subject of `vmmalloc help` that is not a command. */
struct vmm_topic {
	const char *name;
	const char *summary;
	void (*print)(void);
};

/* All of them; ends with a name that is NULL. */
extern const struct vmm_topic vmm_topics[];

/* The commands, the topics, and the options without a command. */
void vmm_help_general(void);

void vmm_help_command(const struct vmm_command *command);

/* Is printed as a blank, but no line ends with it. */
#define VMM_HELP_BLANK '\t'

/*
 * Prints a text from the given column on, wrapped; each line after the first
 * begins with `indent` blanks. A newline in the text ends a line.
 */
void vmm_help_wrap(const char *text, int column, int indent);

/*
 * Prints a term at column 2 and its meaning, wrapped, from column `indent` on.
 */
void vmm_help_term(const char *term, const char *meaning, int indent);

#endif /* VMM_HELP_H */
