/* SPDX-License-Identifier: BSD-3-Clause */
/* What is visible outside the library. */
#ifndef VMM_EXPORT_H
#define VMM_EXPORT_H

#include <malloc.h>
#include <stdlib.h>

#define VMM_EXPORT __attribute__((visibility("default")))

/* not declared by any header any more, or not yet */
void cfree(void *ptr);
void free_sized(void *ptr, size_t size);
void free_aligned_sized(void *ptr, size_t alignment, size_t size);
int __register_atfork(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle);

#endif /* VMM_EXPORT_H */
