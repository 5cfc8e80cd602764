/* SPDX-License-Identifier: BSD-3-Clause */
/* Taking a contender apart; see contender_spec.h. */
#include "config.h"

#include "cli/compare/contender_spec.h"

#include "cli/cli.h"
#include "libvmmalloc.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Variables that are set for each contender, and what sets them instead. */
static const char *const taken[][2] = {
	{ "LD_PRELOAD", "use lib:PATH" },
	{ VMMALLOC_BACKEND_VAR, "use the name of the backend" },
	{ VMMALLOC_POOL_DIR_VAR, "use @PLACE" },
	{ VMMALLOC_POOL_SIZE_VAR, "use --pool-size" },
	{ VMMALLOC_STATS_FILE_VAR, "compare reads the report itself" },
};

/* Whether text begins with "+VARIABLE=". */
static bool
begins_variable(const char *text)
{
	if (*text++ != '+' || (!isalpha((unsigned char)*text) && *text != '_'))
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return *text == '=';
}

/* The next "+VARIABLE=", or the end. A value may have other plus signs. */
static const char *
find_variable(const char *text)
{
	while (*text != '\0' && !begins_variable(text))
		text++;
	return text;
}

static char *
make_label(const struct vmm_contender_spec *spec, const char *text)
{
	const char *file;
	const char *end;

	if (strncmp(text, VMM_LIB_PREFIX, strlen(VMM_LIB_PREFIX)) != 0 ||
		spec->n_variables > 0)
		return vmm_text("%s", text);
	file = strrchr(text, '/');
	file = file != NULL ? file + 1 : text + strlen(VMM_LIB_PREFIX);
	end = strstr(file, ".so");
	return vmm_text("%.*s",
		(int)(end != NULL && end > file ? (size_t)(end - file)
						: strlen(file)),
		file);
}

static int
add_variable(struct vmm_contender_spec *spec, const char *all,
	const char *start, size_t n)
{
	char *variable = vmm_text("%.*s", (int)n, start);
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (strlen(taken[i][0]) == length &&
			strncmp(variable, taken[i][0], length) == 0) {
			vmm_complain("bad contender '%s': %s cannot be set "
				     "here; %s",
				all, taken[i][0], taken[i][1]);
			return -1;
		}
	}
	spec->variables = vmm_array_resize(spec->variables,
		spec->n_variables + 1, sizeof(*spec->variables));
	spec->variables[spec->n_variables++] = variable;
	return 0;
}

int
vmm_contender_spec_parse(const char *text, struct vmm_contender_spec *spec)
{
	size_t n = strcspn(text, "=+@:/");
	const char *rest = text;
	const char *end;
	const char *at;

	*spec = (struct vmm_contender_spec){ .label = NULL };
	if (text[n] == '=' && n > 0) {
		spec->label = vmm_text("%.*s", (int)n, text);
		rest += n + 1;
	}
	end = find_variable(rest);
	at = strncmp(rest, VMM_LIB_PREFIX, strlen(VMM_LIB_PREFIX)) != 0
		? memchr(rest, '@', (size_t)(end - rest))
		: NULL;
	if (at != NULL)
		spec->place = vmm_text("%.*s", (int)(end - at - 1), at + 1);
	spec->name =
		vmm_text("%.*s", (int)((at != NULL ? at : end) - rest), rest);
	if (at == NULL && spec->name[0] != '\0' &&
		strncmp(spec->name, VMM_LIB_PREFIX, strlen(VMM_LIB_PREFIX)) !=
			0 &&
		strchr(spec->name, '+') != NULL) {
		vmm_complain("bad contender '%s': '%s' is not "
			     "+VARIABLE=VALUE",
			text, strchr(spec->name, '+'));
		return -1;
	}
	while (*end != '\0') {
		const char *start = end + 1;

		end = find_variable(start);
		if (add_variable(spec, text, start, (size_t)(end - start)) != 0)
			return -1;
	}
	if (spec->label == NULL)
		spec->label = make_label(spec, rest);
	return 0;
}
