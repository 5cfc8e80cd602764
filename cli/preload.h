/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether libvmmalloc can be preloaded into a command, found out before the
 * command is started: the loader itself says nothing, or ignores LD_PRELOAD.
 */
#ifndef VMM_PRELOAD_H
#define VMM_PRELOAD_H

/*
 * Looks the command up as execvp(3) does and checks the file, or for a script
 * its interpreter. Returns 0 and the path to execute in *path, for free(3);
 * or, after a complaint, an exit status: VMM_EXIT_NOT_FOUND,
 * VMM_EXIT_CANNOT_EXECUTE or VMM_EXIT_RUN_FAILED (it cannot be preloaded).
 */
int vmm_preload_check(const char *command, const char *library, char **path);

/* The value for LD_PRELOAD: old (NULL: none) without any libvmmalloc, with
 * library (NULL: none) in front. For free(3); may be empty. */
char *vmm_preload_list(const char *old, const char *library);

#endif /* VMM_PRELOAD_H */
