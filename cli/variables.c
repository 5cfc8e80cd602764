/* SPDX-License-Identifier: BSD-3-Clause */
/* Variables of the library as options; see variables.h. */
#include "config.h"

#include "cli/variables.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "core/env.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "VMMALLOC_"

struct variable {
	struct vmm_env_var var;
	const char *meaning;
};
#define ROW(id, field, type_, min_, max_, fallback_, meaning_) \
	{ { .name = PREFIX #id,                                \
		  .type = VMM_ENV_##type_,                     \
		  .min = (min_),                               \
		  .max = (max_),                               \
		  .fallback = (fallback_) },                   \
		(meaning_) },
static const struct variable variables[] = { VMM_ENV_LIBRARY(ROW)
		VMM_ENV_DEBUG(ROW) VMM_ENV_COMMAND(ROW) };
#define N_VARIABLES (sizeof(variables) / sizeof(variables[0]))

/* The value of each variable's option; NULL: not given. */
static const char *values[N_VARIABLES];

/* These have options that several commands share, or that have a letter. */
static bool
has_option(const char *name)
{
	return strcmp(name, VMMALLOC_POOL_DIR_VAR) == 0 ||
		strcmp(name, VMMALLOC_POOL_SIZE_VAR) == 0 ||
		strcmp(name, VMMALLOC_BACKEND_VAR) == 0;
}

static char *
make_name(const char *variable)
{
	char *name = vmm_text("%s", variable + sizeof(PREFIX) - 1);

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
	return name;
}

static bool
is_switch(const struct vmm_env_var *var)
{
	return var->type == VMM_ENV_BOOL || var->type == VMM_ENV_FLAG;
}

static const char *
name_value(const struct vmm_env_var *var)
{
	switch (var->type) {
	case VMM_ENV_PATH:
		return "FILE";
	case VMM_ENV_PATHS:
		return "DIRS";
	case VMM_ENV_BOOL:
	case VMM_ENV_FLAG:
		return "0|1";
	case VMM_ENV_INT:
	case VMM_ENV_LEVEL:
	case VMM_ENV_NAME:
	case VMM_ENV_PLACE: /* has an option of its own */
		break;
	case VMM_ENV_SIZE:
		return "BYTES";
	case VMM_ENV_PLACES:
		return "PLACES";
	case VMM_ENV_PLACEMENT:
		return "HOW";
	case VMM_ENV_POLICY:
		return "NODES";
	case VMM_ENV_LIMIT:
		return "SIZE";
	case VMM_ENV_COMMIT:
		return "WHEN";
	}
	return "N";
}

/* The value if an option is given without one; NULL: it must have one. */
static const char *
implied_value(const struct vmm_env_var *var)
{
	if (strcmp(var->name, VMMALLOC_PROFILE_VAR) == 0)
		return "512K";
	return is_switch(var) ? "1" : NULL;
}

static struct vmm_option
make_option(size_t i)
{
	const struct vmm_env_var *var = &variables[i].var;
	const char *meaning = variables[i].meaning; /* a sentence */

	return (struct vmm_option){
		.name = make_name(var->name),
		.value = name_value(var),
		.implied = implied_value(var),
		.meaning = vmm_text("%c%.*s [%s%s%s]",
			tolower((unsigned char)meaning[0]),
			(int)strlen(meaning) - 2, meaning + 1, var->name,
			var->fallback[0] != '\0' ? ", or " : "", var->fallback),
		.text = &values[i],
	};
}

/* They live as long as the process. */
const struct vmm_option *
vmm_variables_options(void)
{
	static struct vmm_option options[N_VARIABLES + 1];
	size_t n = 0;

	if (options[0].name != NULL)
		return options;
	for (size_t i = 0; i < N_VARIABLES; i++) {
		if (!has_option(variables[i].var.name))
			options[n++] = make_option(i);
	}
	return options;
}

/* The library checks the other types itself; it takes any level. */
static bool
is_good(const struct vmm_env_var *var, const char *value)
{
	int n;

	if (var->type != VMM_ENV_INT && !is_switch(var))
		return true;
	return vmm_parse_int(value, (int)var->min, (int)var->max, &n) == 0;
}

int
vmm_variables_export(void)
{
	for (size_t i = 0; i < N_VARIABLES; i++) {
		const struct vmm_env_var *var = &variables[i].var;
		char range[64];

		if (values[i] == NULL)
			continue;
		if (!is_good(var, values[i])) {
			char *name = make_name(var->name);

			vmm_env_describe(var, range, sizeof(range));
			vmm_complain("bad --%s '%s': must be %s", name,
				values[i], range);
			free(name);
			return -1;
		}
		if (setenv(var->name, values[i], 1) != 0) {
			vmm_complain("cannot set %s: %s", var->name,
				strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* In single quotes if it has a character that a shell might not leave alone. */
static void
print_variable(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789%+,-./:=@_";
	const char *value = getenv(name);

	if (value == NULL)
		return;
	printf("%s=", name);
	if (value[strspn(value, plain)] == '\0') {
		puts(value);
		return;
	}
	putchar('\'');
	for (; *value != '\0'; value++) {
		if (*value == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*value);
	}
	puts("'");
}

void
vmm_variables_print(void)
{
	print_variable("LD_PRELOAD");
	print_variable("GLIBC_TUNABLES");
	for (size_t i = 0; i < N_VARIABLES; i++)
		print_variable(variables[i].var.name);
}
