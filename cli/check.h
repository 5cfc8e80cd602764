/* SPDX-License-Identifier: BSD-3-Clause */
/* Running the conformance set on a backend. */
#ifndef VMM_CLI_CHECK_H
#define VMM_CLI_CHECK_H

#include "cli/settings.h"

/* vmmalloc --check-one NAME is how the process of a check is started. */
#define VMM_CHECK_OPTION "--check-one"

/* The size of the pool that the set needs, in bytes. */
#define VMM_CHECK_POOL_SIZE ((size_t)256 << 20)

/*
 * Runs the checks in names, which ends with a NULL, or the whole set if names
 * is empty. Prints one line per check: its name and "ok", or "FAILED:" and the
 * reason, or "lacks:" and what the backend does not have, if that is not
 * required. Returns an exit status.
 */
int vmm_check_backend(const struct vmm_settings *settings, const char *backend,
	char *const names[]);

#endif /* VMM_CLI_CHECK_H */
