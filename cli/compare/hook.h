/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that run around those that are measured. */
#ifndef VMM_HOOK_H
#define VMM_HOOK_H

#include <stdbool.h>

/*
 * Runs the command of the option by sh -c, with its output to stderr only if it
 * fails; NULL: nothing. A cleanup runs after a signal as well. Returns 0, or -1
 * after a complaint or a signal.
 */
int vmm_hook_run(const char *option, const char *command, bool is_cleanup);

/* Runs a script quietly. Returns 0 if it succeeds. */
int vmm_hook_try(const char *script);

#endif /* VMM_HOOK_H */
