/* SPDX-License-Identifier: BSD-3-Clause */
/* Listing the plugin directories; see plugins.h. */
#include "config.h"

#include "cli/plugins.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/locate.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".so"

struct list {
	struct vmm_plugin *plugins;
	size_t n;
};

static bool
has(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->plugins[i].name, name) == 0)
			return true;
	}
	return false;
}

static void
add(struct list *list, const char *directory, const char *file)
{
	size_t length = strlen(file);
	size_t tail = sizeof(SUFFIX) - 1;
	char *name;

	if (length <= tail || strcmp(file + length - tail, SUFFIX) != 0)
		return;
	name = vmm_text("%.*s", (int)(length - tail), file);
	if (!vmm_is_backend_name(name) || has(list, name)) {
		free(name);
		return;
	}
	list->plugins = vmm_array_resize(
		list->plugins, list->n + 1, sizeof(*list->plugins));
	list->plugins[list->n++] = (struct vmm_plugin){
		.name = name,
		.path = vmm_text("%s/%s", directory, file),
	};
}

static void
add_directory(struct list *list, const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		add(list, directory, entry->d_name);
	closedir(dir);
}

static int
compare_names(const void *a, const void *b)
{
	const struct vmm_plugin *left = a;
	const struct vmm_plugin *right = b;

	return strcmp(left->name, right->name);
}

struct vmm_plugin *
vmm_plugins_find(const struct vmm_settings *settings, size_t *n)
{
	char *directories = vmm_locate_directories(settings->backend_path);
	struct list list = { NULL, 0 };
	char *rest = directories;
	char *directory;

	while ((directory = strsep(&rest, ":")) != NULL)
		add_directory(&list, directory);
	free(directories);
	if (list.n > 0)
		qsort(list.plugins, list.n, sizeof(*list.plugins),
			compare_names);
	*n = list.n;
	return list.plugins;
}

void
vmm_plugin_clear(struct vmm_plugin *plugin)
{
	free(plugin->name);
	free(plugin->path);
	free(plugin->version);
	free(plugin->library_version);
	free(plugin->abi);
	free(plugin->core_version);
	free(plugin->failure);
}

void
vmm_plugins_free(struct vmm_plugin *plugins, size_t n)
{
	for (size_t i = 0; i < n; i++)
		vmm_plugin_clear(&plugins[i]);
	free(plugins);
}
