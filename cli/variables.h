/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options for the variables of core/env_vars.h that no other option stands for:
 * VMMALLOC_FORK_RETURN is --fork-return.
 */
#ifndef VMM_VARIABLES_H
#define VMM_VARIABLES_H

struct vmm_option;

/* Ends with an option without a name. */
const struct vmm_option *vmm_variables_options(void);

/*
 * Sets the variables of the options that were given, in the environment of this
 * process. Returns 0, or -1 after a complaint about a value.
 */
int vmm_variables_export(void);

/*
 * Prints what LD_PRELOAD, GLIBC_TUNABLES and each of the library's variables
 * are set to, one per line, as words for a shell.
 */
void vmm_variables_print(void);

#endif /* VMM_VARIABLES_H */
