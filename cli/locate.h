/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds the library and its plugins, installed or in a build tree.
 *
 * The library is $VMMALLOC_LIBRARY if that is set; otherwise
 * .libs/libvmmalloc.so.1 in the directory of the running vmmalloc, if it exists
 * (that vmmalloc is then part of a build tree); otherwise the installed one. A
 * library in a directory named .libs is not an installed one: its plugins are
 * in ../backends/.libs as well.
 */
#ifndef VMM_LOCATE_H
#define VMM_LOCATE_H

/* Returns an absolute path for free(3), or NULL after a complaint. */
char *vmm_locate_library(void);

/*
 * Returns the value for VMMALLOC_BACKEND_PATH: its current value, and the
 * plugin directory of the build tree that library is part of, if any. For
 * free(3); may be empty. libvmmalloc itself adds the installed directory.
 */
char *vmm_locate_backend_path(const char *library);

/* All directories that are searched, separated by colons; for free(3). */
char *vmm_locate_directories(const char *backend_path);

/*
 * The file of a backend, in the first directory that has one: for free(3), or
 * NULL if no directory does.
 */
char *vmm_locate_backend(const char *backend_path, const char *name);

#endif /* VMM_LOCATE_H */
