/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that a variable names for the library to write. No allocation here. */
#ifndef VMM_OS_OUTPUT_H
#define VMM_OS_OUTPUT_H

#include <stddef.h>

/*
 * Opens the file path for writing, with flags of open(2) in addition: it is
 * created or emptied. A symbolic link is not followed in a directory in which
 * other users may create links, that is, a sticky one that everybody may write
 * to, such as /tmp. A terminal does not become the controlling one. The path is
 * changed during the call. Returns the descriptor, or -1 with errno: ELOOP for
 * such a link. Thread-safe.
 */
int vmm_os_output_open(char *path, int flags);

/* Writes all of the text. 0, or -1 with errno. No cancellation point. */
int vmm_os_output_write(int fd, const char *text, size_t size);
void vmm_os_output_close(int fd);

/*
 * Appends the list of this process's mappings to an open file, as text. 0, or
 * -1 with errno. The caller makes sure that no other thread calls it.
 */
int vmm_os_output_maps(int fd);

#endif /* VMM_OS_OUTPUT_H */
