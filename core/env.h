/* SPDX-License-Identifier: BSD-3-Clause */
/* The environment variables of libvmmalloc, read once. No allocation here. */
#ifndef VMM_ENV_H
#define VMM_ENV_H

#include "base/parse.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum vmm_fork_mode {
	VMM_FORK_NOTHING = 0,
	VMM_FORK_PRIVATE = 1,
	VMM_FORK_COPY = 2,
	VMM_FORK_COPY_OR_PRIVATE = 3,
};

/* Holds copies, because the program may change its environment. */
struct vmm_config {
	char pool_dir[PATH_MAX];
	size_t pool_size; /* bytes, as given */
	enum vmm_fork_mode fork_mode;
	bool fork_returns;
	char backend[VMM_BACKEND_NAME_MAX];
	char backend_path[PATH_MAX]; /* absolute, separated by colons */
	char stats_file[PATH_MAX];   /* empty: none */
	bool must_prealloc;
	bool may_use_huge_pages;
};

/*
 * Copies the path in the variable called name, made absolute, to a buffer of
 * size bytes: the program may change its directory before the path is used
 * again. The text is empty if the variable is unset or empty. Ends the process
 * if the path is too long.
 */
void vmm_env_read_path(const char *name, char *to, size_t size);

/*
 * Fills config from the environment. A bad value ends the process with one line
 * that names the variable and the value. In a set-user-ID program all variables
 * count as unset.
 */
void vmm_env_read(struct vmm_config *config);

#endif /* VMM_ENV_H */
