/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The settings for a command: pool, backend and library, and how to pass them
 * on in the environment.
 */
#ifndef VMM_SETTINGS_H
#define VMM_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_settings {
	char *library;	    /* absolute path of libvmmalloc.so.1 */
	char *backend_path; /* plugin directories, with colons; may be "" */
	char *pool_dir;	    /* absolute, or a place in memory, or places */
	size_t pool_size;   /* bytes */
};

/* The values of the options for the pool; NULL: not given. */
struct vmm_pool_choice {
	const char *backend;
	const char *dir;
	const char *size;
};

/*
 * The parts of vmm_settings_resolve: the directory for the pool, for free(3) or
 * NULL after a complaint; whether that is a place in memory; and the size
 * there: 0, or -1 after a complaint.
 */
char *vmm_settings_resolve_dir(const char *dir);
bool vmm_settings_is_in_memory(const char *dir);
int vmm_settings_resolve_size(const char *text, const char *dir, size_t *size);

/*
 * Fills in each setting that pool does not choose from the environment, or
 * otherwise with its default. Returns 0, or -1 after a complaint. The strings
 * live as long as the process.
 */
int vmm_settings_resolve(
	struct vmm_settings *settings, const struct vmm_pool_choice *pool);

/*
 * Returns name or, if it is NULL, the backend of the environment or the default
 * one, after checking that it exists. Returns NULL after a complaint.
 */
const char *vmm_settings_pick_backend(
	const struct vmm_settings *settings, const char *name);

/*
 * Sets the environment of this process for the commands that it starts. If
 * backend is NULL, they run without libvmmalloc, and settings may be NULL. If
 * stats_file is NULL,
 * VMMALLOC_STATS_FILE is not changed.
 */
void vmm_settings_export(const struct vmm_settings *settings,
	const char *backend, const char *stats_file);

#endif /* VMM_SETTINGS_H */
