/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For adapters: finds the functions of the library that a plugin is linked
 * with. A plain reference to malloc from a plugin binds to libvmmalloc, which
 * comes first; a look-up on the plugin's own handle sees the plugin and the
 * libraries it names, in the order of its link line, and nothing else.
 */
#ifndef VMM_BACKENDS_LIBRARY_H
#define VMM_BACKENDS_LIBRARY_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A function or an object of the library by name; NULL if it has none. Must not
 * be called in a fork handler, because it allocates.
 */
void *vmm_library_find(const char *name);

#ifdef __cplusplus
}
#endif

#endif /* VMM_BACKENDS_LIBRARY_H */
