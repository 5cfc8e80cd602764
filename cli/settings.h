/* SPDX-License-Identifier: BSD-3-Clause */
/* What a command gets from us: pool, backend, library; and the environment
 * that says so. */
#ifndef VMM_SETTINGS_H
#define VMM_SETTINGS_H

#include <stddef.h>

struct vmm_settings {
	char *library;	    /* absolute path of libvmmalloc.so.1 */
	char *backend_path; /* folders for plugins, with colons; may be "" */
	char *pool_dir;	    /* absolute */
	size_t pool_size;   /* bytes */
};

/*
 * Fills in what is not given (NULL): from the environment, else the defaults.
 * 0, or -1 after a complaint. The strings live as long as the process.
 */
int vmm_settings_resolve(struct vmm_settings *settings, const char *pool_dir,
	const char *pool_size);

/*
 * The backend to use where name is NULL or given; checked to be there. NULL
 * after a complaint.
 */
const char *vmm_settings_pick_backend(
	const struct vmm_settings *settings, const char *name);

/*
 * Sets the environment of this process for commands to come. Backend NULL:
 * without libvmmalloc. Stats_file NULL: leaves VMMALLOC_STATS_FILE alone.
 */
void vmm_settings_export(const struct vmm_settings *settings,
	const char *backend, const char *stats_file);

#endif /* VMM_SETTINGS_H */
