/* SPDX-License-Identifier: BSD-3-Clause */
/* A library with an allocator of its own, which a contender preloads. */
#ifndef VMM_LIBRARY_H
#define VMM_LIBRARY_H

/*
 * Checks that the file can be preloaded, by starting this program with it.
 * Returns its absolute path, or NULL after a complaint or a signal.
 */
char *vmm_library_find(const char *path);

#endif /* VMM_LIBRARY_H */
