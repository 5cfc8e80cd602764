/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: what the system says about itself in small files. No function
 * allocates. All are thread-safe and may be called in a forked child.
 */
#ifndef VMM_OS_READ_H
#define VMM_OS_READ_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the start of a file, as text. Returns its length; 0 if there is no such
 * file.
 */
size_t vmm_os_read_text(const char *path, char *text, size_t size);

/* The number behind a name in the text; 0 if the name is not there. */
uint64_t vmm_os_find_number(const char *text, const char *name);

#endif /* VMM_OS_READ_H */
