/* SPDX-License-Identifier: BSD-3-Clause */
/* Pointers that are not the backend's. No allocation here, but by realloc. */
#ifndef VMM_FOREIGN_H
#define VMM_FOREIGN_H

#include <stddef.h>

/*
 * The handling of pointers that are not the backend's: NULL, a bootstrap block
 * or a foreign one, which goes to the next malloc library, normally libc's.
 */
void vmm_foreign_free(void *ptr);

/*
 * ptr is not NULL. size may be 0, for any pointer: frees it and returns NULL.
 */
void *vmm_foreign_realloc(void *ptr, size_t size);

size_t vmm_foreign_usable_size(void *ptr);

#endif /* VMM_FOREIGN_H */
