/* SPDX-License-Identifier: BSD-3-Clause */
/* The backends that are there, and whether they load. */
#ifndef VMM_PLUGINS_H
#define VMM_PLUGINS_H

#include "cli/settings.h"

#include <stddef.h>

/* Makes vmmalloc exit at once: what a plugin is tried with. */
#define VMM_PROBE_OPTION "--probe"

struct vmm_plugin {
	char *name;
	char *path;
	/* From the probe; NULL where not known: */
	char *version;	       /* of the plugin */
	char *library_version; /* of the allocator it stands for */
	char *abi;	       /* "1.0" */
	char *failure;	       /* why it does not load; NULL where it does */
};

/*
 * The plugins that libvmmalloc would find, by name; each name once, as the
 * first folder that has it counts. Not yet probed. For vmm_plugins_free.
 */
struct vmm_plugin *vmm_plugins_find(
	const struct vmm_settings *settings, size_t *n);
void vmm_plugins_free(struct vmm_plugin *plugins, size_t n);

/*
 * Loads the plugin into a process of its own, in a pool as in settings, and
 * fills in the rest. 0, or -1 after a complaint where that is not possible (a
 * plugin that does not load is no such case).
 */
int vmm_plugin_probe(
	const struct vmm_settings *settings, struct vmm_plugin *plugin);

#endif /* VMM_PLUGINS_H */
