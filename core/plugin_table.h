/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of a backend's table. */
#ifndef VMM_PLUGIN_TABLE_H
#define VMM_PLUGIN_TABLE_H

#include "vmmalloc/backend.h"

#include <stddef.h>

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

#endif /* VMM_PLUGIN_TABLE_H */
