/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether libvmmalloc can be preloaded into a command. This is checked before
 * the command is started, because otherwise the loader may ignore LD_PRELOAD
 * without a message.
 */
#ifndef VMM_PRELOAD_H
#define VMM_PRELOAD_H

/*
 * Looks up the command as execvp(3) does and checks the file or, for a script,
 * its interpreter. Returns 0 and sets *path to the path to execute, for
 * free(3); or, after a complaint, returns an exit status: VMM_EXIT_NOT_FOUND,
 * VMM_EXIT_CANNOT_EXECUTE or VMM_EXIT_RUN_FAILED (it cannot be preloaded).
 */
int vmm_preload_check(const char *command, const char *library, char **path);

/*
 * The ELF file that is executed for the path: itself or, for a script, its
 * interpreter. For free(3); NULL if it cannot be read.
 */
char *vmm_preload_find_elf(const char *path);

/* The value for LD_PRELOAD: old (NULL: none) without any libvmmalloc, with
 * library (NULL: none) in front. For free(3); may be empty. */
char *vmm_preload_list(const char *old, const char *library);

#endif /* VMM_PRELOAD_H */
