/* SPDX-License-Identifier: BSD-3-Clause */
/* The commands, and the parsing of their options; see command.h. */
#include "config.h"

#include "cli/command.h"

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/variables.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS(name) &vmm_command_##name,
const struct vmm_command *const vmm_commands[] = { VMM_COMMANDS(ADDRESS) NULL };

#define OPTIONS_MAX 32 /* of a command, with those that several have */
#define LONG_ONLY 256  /* what getopt_long answers for the first option */

static struct vmm_pool_choice pool;
static bool wants_help;

static const struct vmm_option backend_options[] = {
	{ .letter = 'b',
		.name = "backend",
		.value = "NAME",
		.meaning = "heap backend [VMMALLOC_BACKEND, "
			   "or " VMM_DEFAULT_BACKEND "]",
		.text = &pool.backend },
	{ .name = NULL },
};
static const struct vmm_option pool_options[] = {
	{ .letter = 'd',
		.name = "pool-dir",
		.value = "DIR",
		.meaning = "directory of the pool, or a place in memory, or "
			   "places with sizes [VMMALLOC_POOL_DIR, or ram]",
		.text = &pool.dir },
	{ .letter = 's',
		.name = "pool-size",
		.value = "SIZE",
		.meaning = "bytes, or a number with K, M, G or T "
			   "[VMMALLOC_POOL_SIZE, or half of the free space "
			   "there; for ram, all of it]",
		.text = &pool.size },
	{ .name = NULL },
};
static const struct vmm_option common_options[] = {
	{ .letter = 'h',
		.name = "help",
		.meaning = "this text",
		.flag = &wants_help },
	{ .name = NULL },
};

const struct vmm_command *
vmm_command_find(const char *name)
{
	for (size_t i = 0; vmm_commands[i] != NULL; i++) {
		if (strcmp(vmm_commands[i]->name, name) == 0)
			return vmm_commands[i];
	}
	return NULL;
}

const struct vmm_option *
vmm_command_option(const struct vmm_command *command, size_t k)
{
	const struct vmm_option *lists[] = {
		command->has_backend ? backend_options : NULL,
		command->options,
		command->has_pool ? pool_options : NULL,
		command->has_variables ? vmm_variables_options() : NULL,
		common_options,
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct vmm_option *option = lists[i];

		for (; option != NULL && option->name != NULL; option++) {
			if (k-- == 0)
				return option;
		}
	}
	return NULL;
}

/* The option that getopt_long answered with: its letter, or its number. */
static const struct vmm_option *
find_option(const struct vmm_command *command, int answer)
{
	const struct vmm_option *option;

	if (answer >= LONG_ONLY)
		return vmm_command_option(command, (size_t)answer - LONG_ONLY);
	for (size_t k = 0; (option = vmm_command_option(command, k)) != NULL;
		k++) {
		if (option->letter == answer)
			return option;
	}
	return NULL;
}

/* Complains about an option that getopt_long answered with ':' or '?'. */
static void
complain_option(
	const struct vmm_command *command, int answer, char *const argv[])
{
	const char *what =
		answer == ':' ? "this option needs a value" : "no such option";

	/* A value was given to a long option that takes none. */
	if (answer == '?' && optopt != 0 && argv[optind - 1][0] == '-' &&
		argv[optind - 1][1] == '-')
		what = "this option takes no value";
	vmm_complain("%s %s: %s; see 'vmmalloc help %s'", command->name,
		argv[optind - 1], what, command->name);
}

static void
take(const struct vmm_option *option, const char *value)
{
	struct vmm_values *list = option->list;

	if (option->value == NULL) {
		*option->flag = true;
	} else if (list == NULL) {
		*option->text = value;
	} else {
		list->values = vmm_array_resize(
			list->values, list->n + 1, sizeof(*list->values));
		list->values[list->n++] = value;
	}
}

/* Returns 0 or, after a complaint, -1. */
static int
parse(const struct vmm_command *command, int argc, char *argv[])
{
	struct option names[OPTIONS_MAX + 1] = { { NULL, 0, NULL, 0 } };
	/* stop at the first argument that is no option; ':' for no value */
	char letters[2 * OPTIONS_MAX + 3] = "+:";
	const struct vmm_option *option;
	size_t n = strlen(letters);
	int answer;

	for (size_t k = 0; k < OPTIONS_MAX &&
		(option = vmm_command_option(command, k)) != NULL;
		k++) {
		bool has_value = option->value != NULL;
		int kind = !has_value		  ? no_argument
			: option->implied == NULL ? required_argument
						  : optional_argument;

		names[k] = (struct option){ option->name, kind, NULL,
			LONG_ONLY + (int)k };
		if (option->letter == '\0')
			continue;
		letters[n++] = option->letter;
		if (has_value)
			letters[n++] = ':';
	}
	letters[n] = '\0';
	optind = 0; /* glibc: start again with a new argv */
	while ((answer = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		option = find_option(command, answer);
		if (option == NULL) {
			complain_option(command, answer, argv);
			return -1;
		}
		take(option, optarg != NULL ? optarg : option->implied);
		if (wants_help)
			break;
	}
	return 0;
}

int
vmm_command_start(const struct vmm_command *command, int argc, char *argv[])
{
	if (parse(command, argc, argv) != 0)
		return command->usage_status;
	if (wants_help) {
		vmm_help_command(command);
		return VMM_EXIT_OK;
	}
	if (command->needs_program && optind == argc) {
		vmm_complain("%s: no command given; see 'vmmalloc help %s'",
			command->name, command->name);
		return command->usage_status;
	}
	return command->run(&pool, argv + optind);
}
