/* SPDX-License-Identifier: BSD-3-Clause */
/* The texts of commands; see help.h. */
#include "config.h"

#include "cli/help.h"

#include "cli/cli.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 80
#define TERM 2	   /* column of a term */
#define OPTION 24  /* column of the meaning of an option */
#define SUBJECT 15 /* column of the summary of a command or a topic */

/* Returns the number of columns. */
static int
print_word(const char *word, int n)
{
	for (int i = 0; i < n; i++)
		putchar(word[i] != VMM_HELP_BLANK ? word[i] : ' ');
	return n;
}

void
vmm_help_wrap(const char *text, int column, int indent)
{
	bool is_first = true; /* word of the line */

	while (*text != '\0') {
		int n = (int)strcspn(text, " \n");

		if (n > 0 && !is_first && column + 1 + n > WIDTH) {
			printf("\n%*s", indent, "");
			column = indent;
			is_first = true;
		}
		if (n > 0) {
			column += is_first ? 0 : printf(" ");
			column += print_word(text, n);
		}
		is_first = is_first && n == 0;
		text += n;
		if (*text == '\n') {
			printf("\n%*s", text[1] != '\n' ? indent : 0, "");
			column = indent;
			is_first = true;
		}
		text += *text != '\0';
	}
	putchar('\n');
}

void
vmm_help_term(const char *term, const char *meaning, int indent)
{
	int column = printf("%*s%s", TERM, "", term);

	if (column >= indent) {
		putchar('\n');
		column = 0;
	}
	printf("%*s", indent - column, "");
	vmm_help_wrap(meaning, indent, indent);
}

static void
print_option(const struct vmm_option *option)
{
	bool has_letter = option->letter != '\0';
	char *term;

	if (option->implied != NULL)
		term = vmm_text("    --%s[=%s]", option->name, option->value);
	else
		term = vmm_text("%c%c%c --%s%s%s", has_letter ? '-' : ' ',
			has_letter ? option->letter : ' ',
			has_letter ? ',' : ' ', option->name,
			option->value != NULL ? " " : "",
			option->value != NULL ? option->value : "");
	vmm_help_term(term, option->meaning, OPTION);
	free(term);
}

void
vmm_help_command(const struct vmm_command *command)
{
	const struct vmm_option *option;

	printf("Usage: vmmalloc %s [OPTION...]%s%s\n", command->name,
		command->arguments[0] != '\0' ? " " : "", command->arguments);
	vmm_help_wrap(command->description, 0, 0);
	putchar('\n');
	for (size_t k = 0; (option = vmm_command_option(command, k)) != NULL;
		k++)
		print_option(option);
	if (command->notes != NULL) {
		putchar('\n');
		vmm_help_wrap(command->notes, 0, 0);
	}
}

void
vmm_help_general(void)
{
	fputs("Usage: vmmalloc COMMAND [OPTION...]\n"
	      "Moves every allocation of a program into a memory-mapped pool.\n"
	      "\n",
		stdout);
	for (size_t i = 0; vmm_commands[i] != NULL; i++)
		vmm_help_term(vmm_commands[i]->name, vmm_commands[i]->summary,
			SUBJECT);
	fputs("\nTopics of help:\n\n", stdout);
	for (const struct vmm_topic *t = vmm_topics; t->name != NULL; t++)
		vmm_help_term(t->name, t->summary, SUBJECT);
	fputs("\n"
	      "  -h, --help     this text\n"
	      "  -V, --version  the version\n"
	      "\n"
	      "Manual: vmmalloc(1).\n",
		stdout);
}
