/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding, loading and checking a backend. */
#ifndef VMM_PLUGIN_H
#define VMM_PLUGIN_H

#include "vmmalloc/backend.h"

struct vmm_config;

/*
 * Copies a plugin's table to *to, whatever its size, and fills the optional
 * slots that it leaves out. 0, or -1 with a reason in why (of size bytes).
 * Thread-safe, allocates nothing.
 */
int vmm_plugin_read_table(struct vmmalloc_backend *to,
	const struct vmmalloc_backend *from, char *why, size_t size);

/*
 * 0, or -1 with a reason in why if a slot of the table is a function of
 * libvmmalloc itself (endless recursion).
 */
int vmm_plugin_check_origin(
	const struct vmmalloc_backend *backend, char *why, size_t size);

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
