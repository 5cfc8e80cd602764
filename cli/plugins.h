/* SPDX-License-Identifier: BSD-3-Clause */
/* The backends that are found, and whether they load. */
#ifndef VMM_PLUGINS_H
#define VMM_PLUGINS_H

#include "cli/settings.h"

#include <stddef.h>

/* Makes vmmalloc exit at once: plugins are probed in such a process. */
#define VMM_PROBE_OPTION "--probe"

struct vmm_plugin {
	char *name;
	char *path;
	/* From the probe; NULL if not known: */
	char *version;	       /* of the plugin */
	char *library_version; /* of the allocator that it adapts */
	char *abi;	       /* "1.0" */
	char *core_version;    /* of the library that loaded it */
	char *failure;	       /* why it does not load; NULL if it does */
};

/*
 * Lists the plugins that libvmmalloc would find, sorted by name. If several
 * directories have one of the same name, only the first counts. They are not
 * probed yet. Release with vmm_plugins_free.
 */
struct vmm_plugin *vmm_plugins_find(
	const struct vmm_settings *settings, size_t *n);
void vmm_plugin_clear(struct vmm_plugin *plugin); /* frees its fields */
void vmm_plugins_free(struct vmm_plugin *plugins, size_t n);

/*
 * Loads the plugin in a process of its own, with a pool as in settings, and
 * fills in the fields that are not known yet. Returns 0, also if the plugin
 * does not load, or -1 after a complaint if that could not be found out.
 */
int vmm_plugin_probe(
	const struct vmm_settings *settings, struct vmm_plugin *plugin);

#endif /* VMM_PLUGINS_H */
