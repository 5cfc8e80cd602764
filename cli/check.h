/* SPDX-License-Identifier: BSD-3-Clause */
/* Running the conformance set on a backend. */
#ifndef VMM_CLI_CHECK_H
#define VMM_CLI_CHECK_H

#include "cli/settings.h"

/* vmmalloc --check-one NAME: what the process of a check is started with. */
#define VMM_CHECK_OPTION "--check-one"

/* The pool that the set is made for, in bytes. */
#define VMM_CHECK_POOL_SIZE ((size_t)256 << 20)

/*
 * Runs the checks that are named, up to a NULL, or all of the set where there
 * is no name. Prints a line a check: its name and "ok"; "FAILED:" and the
 * reason; or "lacks:" and what, where that is not required. An exit status.
 */
int vmm_check_backend(const struct vmm_settings *settings, const char *backend,
	char *const names[]);

#endif /* VMM_CLI_CHECK_H */
