/* SPDX-License-Identifier: BSD-3-Clause */
/* The shared libraries that a program or a plugin would be loaded with. */
#ifndef VMM_LINKED_H
#define VMM_LINKED_H

#include <stddef.h>

struct vmm_linked {
	char **paths;
	size_t n;
};

/*
 * Asks the dynamic linker for the list, which does not run the file. LD_PRELOAD
 * counts. Empty if that is not possible. Release with vmm_linked_free.
 */
void vmm_linked_find(
	struct vmm_linked *linked, const char *interpreter, const char *path);
void vmm_linked_free(struct vmm_linked *linked);

/*
 * The first library whose name begins with one of the names, which end with a
 * NULL; NULL if there is none.
 */
const char *vmm_linked_match(
	const struct vmm_linked *linked, const char *const names[]);

#endif /* VMM_LINKED_H */
