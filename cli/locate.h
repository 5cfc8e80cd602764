/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the library and its plugins are, installed or in a build folder.
 *
 * The library is $VMMALLOC_LIBRARY; else .libs/libvmmalloc.so.1 beside the
 * vmmalloc that runs (it is then the one of a build folder); else the
 * installed one. A library that lies in a folder .libs was not installed: its
 * plugins are then in ../backends/.libs as well.
 */
#ifndef VMM_LOCATE_H
#define VMM_LOCATE_H

/* An absolute path for free(3); NULL after a complaint. */
char *vmm_locate_library(void);

/*
 * The value for VMMALLOC_BACKEND_PATH: what it was, and the plugin folder of a
 * build that library is part of. For free(3); may be empty. libvmmalloc
 * itself adds the installed folder.
 */
char *vmm_locate_backend_path(const char *library);

/* All folders that are searched, with colons between; for free(3). */
char *vmm_locate_folders(const char *backend_path);

/*
 * The file of a backend, first folder first: for free(3), or NULL where no
 * folder has it.
 */
char *vmm_locate_backend(const char *backend_path, const char *name);

#endif /* VMM_LOCATE_H */
