/* SPDX-License-Identifier: BSD-3-Clause */
/* Choosing the contenders of a comparison; see contenders.h. */
#include "config.h"

#include "cli/compare/contenders.h"

#include "cli/cli.h"
#include "cli/locate.h"

#include <stdlib.h>
#include <string.h>

struct field {
	struct vmm_contender *contenders;
	size_t n;
};

static void
add(struct field *field, const char *name, const struct vmm_plugin *plugin)
{
	field->contenders = vmm_array_resize(
		field->contenders, field->n + 1, sizeof(*field->contenders));
	field->contenders[field->n++] =
		(struct vmm_contender){ .name = name, .plugin = plugin };
}

static int
add_all(struct field *field, const struct vmm_settings *settings,
	struct vmm_plugin *plugins, size_t n)
{
	add(field, VMM_SYSTEM, NULL);
	for (size_t i = 0; i < n; i++) {
		if (vmm_plugin_probe(settings, &plugins[i]) != 0)
			return -1;
		if (plugins[i].failure == NULL)
			add(field, plugins[i].name, &plugins[i]);
		else
			vmm_complain("backend '%s' left out: %s",
				plugins[i].name, plugins[i].failure);
	}
	return 0;
}

static int
add_named(struct field *field, const struct vmm_settings *settings,
	struct vmm_plugin *plugins, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		struct vmm_plugin *plugin = &plugins[i];

		if (strcmp(plugin->name, name) != 0)
			continue;
		if (vmm_plugin_probe(settings, plugin) != 0)
			return -1;
		if (plugin->failure == NULL) {
			add(field, name, plugin);
			return 0;
		}
		vmm_complain("backend '%s' does not load: %s", name,
			plugin->failure);
		return -1;
	}
	if (strcmp(name, VMM_SYSTEM) == 0) {
		add(field, name, NULL);
		return 0;
	}
	/* Not found: this complains, and names the directories searched. */
	vmm_settings_pick_backend(settings, name);
	return -1;
}

struct vmm_contender *
vmm_contenders_choose(
	const struct vmm_settings *settings, const char *list, size_t *n)
{
	struct field field = { NULL, 0 };
	char *rest = list != NULL ? vmm_text("%s", list) : NULL;
	int result = 0;
	size_t found;
	struct vmm_plugin *plugins = vmm_plugins_find(settings, &found);
	char *name;

	if (list == NULL)
		result = add_all(&field, settings, plugins, found);
	while (result == 0 && (name = strsep(&rest, ",")) != NULL)
		result = add_named(&field, settings, plugins, found, name);
	if (result != 0) {
		free(field.contenders);
		return NULL;
	}
	*n = field.n;
	return field.contenders;
}
