/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding and loading a backend. */
#ifndef VMM_PLUGIN_H
#define VMM_PLUGIN_H

#include "vmmalloc/backend.h"

struct vmm_config;

/*
 * Loads the configured backend to *backend, without calling init; ends the
 * process with one line if that fails. Not thread-safe.
 */
void vmm_plugin_load(
	const struct vmm_config *config, struct vmmalloc_backend *backend);

/* Calls the init of the loaded backend; ends the process if that fails. */
void vmm_plugin_start(const struct vmm_config *config,
	const struct vmmalloc_host *host, struct vmmalloc_backend *backend);

#endif /* VMM_PLUGIN_H */
