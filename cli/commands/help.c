/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc help: explains commands and topics. */
#include "config.h"

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/help.h"

#include <string.h>

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	const char *name = arguments[0];
	const struct vmm_command *command;

	(void)pool;
	if (name == NULL) {
		vmm_help_general();
		return VMM_EXIT_OK;
	}
	command = vmm_command_find(name);
	if (command != NULL) {
		vmm_help_command(command);
		return VMM_EXIT_OK;
	}
	for (const struct vmm_topic *t = vmm_topics; t->name != NULL; t++) {
		if (strcmp(t->name, name) == 0) {
			t->print();
			return VMM_EXIT_OK;
		}
	}
	vmm_complain("no help on '%s': no such command or topic; see "
		     "'vmmalloc help'",
		name);
	return VMM_EXIT_USAGE;
}

const struct vmm_command vmm_command_help = {
	.name = "help",
	.summary = "explain a command or a topic: vmmalloc help run",
	.arguments = "[TOPIC]",
	.description = "Explains TOPIC: a command, or one of the topics that "
		       "are listed without one.",
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
