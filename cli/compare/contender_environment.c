/* SPDX-License-Identifier: BSD-3-Clause */
/* The environment of a contender's runs; see contenders.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/compare/contenders.h"
#include "cli/preload.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "VMMALLOC_"

/* Removes libvmmalloc and every variable of it. */
static void
leave_no_trace(void)
{
	size_t i = 0;

	vmm_settings_export(NULL, NULL, NULL);
	while (environ != NULL && environ[i] != NULL) {
		char *name;

		if (strncmp(environ[i], PREFIX, strlen(PREFIX)) != 0) {
			i++;
			continue;
		}
		name = vmm_text(
			"%.*s", (int)strcspn(environ[i], "="), environ[i]);
		if (unsetenv(name) != 0)
			i++;
		free(name);
	}
}

void
vmm_contender_export(
	const struct vmm_contender *contender, const char *stats_file)
{
	bool is_backend = contender->kind == VMM_CONTENDER_BACKEND;

	if (!is_backend)
		leave_no_trace();
	/* Before the export, which appends to GLIBC_TUNABLES. */
	for (size_t i = 0; i < contender->n_variables; i++) {
		char *name = vmm_text("%s", contender->variables[i]);
		char *value = strchr(name, '=');

		*value++ = '\0';
		setenv(name, value, 1);
		free(name);
	}
	if (is_backend) {
		vmm_settings_export(contender->settings,
			contender->plugin->name, stats_file);
	} else if (contender->library != NULL) {
		char *list = vmm_preload_list(
			getenv("LD_PRELOAD"), contender->library);

		setenv("LD_PRELOAD", list, 1);
		free(list);
	}
}
