/* SPDX-License-Identifier: BSD-3-Clause */
/* Choosing the contenders of a comparison; see contenders.h. */
#include "config.h"

#include "cli/compare/contenders.h"

#include "cli/cli.h"
#include "cli/compare/contender_spec.h"
#include "cli/compare/library.h"

#include <stdlib.h>
#include <string.h>

/* The contenders so far, and from what they are chosen. */
struct field {
	struct vmm_contender *contenders;
	size_t n;
	const struct vmm_settings *settings;
	const struct vmm_pool_choice *pool;
	struct vmm_plugin *plugins;
	size_t n_plugins;
};

static void
add(struct field *field, const struct vmm_contender *contender)
{
	field->contenders = vmm_array_resize(
		field->contenders, field->n + 1, sizeof(*field->contenders));
	field->contenders[field->n++] = *contender;
}

static void
add_backend(struct field *field, struct vmm_contender *contender,
	const struct vmm_plugin *plugin)
{
	contender->kind = VMM_CONTENDER_BACKEND;
	contender->plugin = plugin;
	add(field, contender);
}

static int
add_all(struct field *field)
{
	add(field, &(struct vmm_contender){ .name = VMM_SYSTEM });
	for (size_t i = 0; i < field->n_plugins; i++) {
		struct vmm_plugin *plugin = &field->plugins[i];
		struct vmm_contender contender = { .name = plugin->name,
			.settings = field->settings };

		if (vmm_plugin_probe(field->settings, plugin) != 0)
			return -1;
		if (plugin->failure == NULL)
			add_backend(field, &contender, plugin);
		else
			vmm_complain("backend '%s' left out: %s", plugin->name,
				plugin->failure);
	}
	return 0;
}

/* The settings with another place for the pool; NULL after a complaint. */
static const struct vmm_settings *
make_settings(const struct field *field, const char *place)
{
	struct vmm_settings *settings;

	if (place == NULL)
		return field->settings;
	settings = vmm_array_new(1, sizeof(*settings));
	*settings = *field->settings;
	settings->pool_dir = vmm_settings_resolve_dir(place);
	if (settings->pool_dir != NULL &&
		vmm_settings_resolve_size(field->pool->size, settings->pool_dir,
			&settings->pool_size) == 0)
		return settings;
	free(settings);
	return NULL;
}

static int
add_plugin(struct field *field, struct vmm_contender *contender,
	const struct vmm_contender_spec *spec)
{
	contender->settings = make_settings(field, spec->place);
	if (contender->settings == NULL)
		return -1;
	for (size_t i = 0; i < field->n_plugins; i++) {
		struct vmm_plugin *plugin = &field->plugins[i];

		if (strcmp(plugin->name, spec->name) != 0)
			continue;
		if (plugin->core_version == NULL && plugin->failure == NULL &&
			vmm_plugin_probe(contender->settings, plugin) != 0)
			return -1;
		if (plugin->failure == NULL) {
			add_backend(field, contender, plugin);
			return 0;
		}
		vmm_complain("backend '%s' does not load: %s", spec->name,
			plugin->failure);
		return -1;
	}
	/* Not found: this complains, and names the directories searched. */
	vmm_settings_pick_backend(field->settings, spec->name);
	return -1;
}

static int
add_one(struct field *field, const char *text)
{
	struct vmm_contender contender = { .name = NULL };
	struct vmm_contender_spec spec;
	size_t prefix = strlen(VMM_LIB_PREFIX);
	bool is_system;

	if (vmm_contender_spec_parse(text, &spec) != 0)
		return -1;
	contender.name = spec.label;
	contender.variables = spec.variables;
	contender.n_variables = spec.n_variables;
	for (size_t i = 0; i < field->n; i++) {
		if (strcmp(field->contenders[i].name, spec.label) != 0)
			continue;
		vmm_complain("two contenders are called '%s'; give one of them "
			     "a label: LABEL=%s",
			spec.label, text);
		return -1;
	}
	is_system = strcmp(spec.name, VMM_SYSTEM) == 0;
	if (is_system && spec.place != NULL) {
		vmm_complain("bad contender '%s': only a backend has a pool, "
			     "which @PLACE is for",
			text);
		return -1;
	}
	if (strncmp(spec.name, VMM_LIB_PREFIX, prefix) == 0) {
		contender.kind = VMM_CONTENDER_LIBRARY;
		contender.library = vmm_library_find(spec.name + prefix);
		if (contender.library == NULL)
			return -1;
	} else if (!is_system) {
		return add_plugin(field, &contender, &spec);
	}
	add(field, &contender);
	return 0;
}

struct vmm_contender *
vmm_contenders_choose(const struct vmm_settings *settings,
	const struct vmm_contender_choice *choice, size_t *n)
{
	struct field field = { .settings = settings, .pool = choice->pool };
	char *rest = choice->list != NULL ? vmm_text("%s", choice->list) : NULL;
	int result = 0;
	char *name;

	field.plugins = vmm_plugins_find(settings, &field.n_plugins);
	if (choice->list == NULL && choice->with->n == 0)
		result = add_all(&field);
	while (result == 0 && (name = strsep(&rest, ",")) != NULL)
		result = add_one(&field, name);
	for (size_t i = 0; result == 0 && i < choice->with->n; i++)
		result = add_one(&field, choice->with->values[i]);
	if (result != 0) {
		free(field.contenders);
		return NULL;
	}
	*n = field.n;
	return field.contenders;
}

const struct vmm_contender *
vmm_contenders_base(const struct vmm_contender *contenders, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (contenders[i].kind == VMM_CONTENDER_SYSTEM)
			return &contenders[i];
	}
	return &contenders[0];
}
