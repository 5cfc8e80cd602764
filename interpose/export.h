/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of the C library, and others, that are replaced. */
#ifndef VMM_EXPORT_H
#define VMM_EXPORT_H

#include "base/visible.h"

#ifdef HAVE_MALLOC_NP_H
#include <malloc_np.h> /* FreeBSD, where malloc.h is an error */
#else
#include <malloc.h>
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * Set while the C library must allocate from its own heap (specific.c).
 * volatile: the header of pthread_setspecific declares that it never calls back
 * into this file.
 */
extern _Thread_local volatile bool vmm_is_setting_key
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* not declared by every C library's headers: not any more, or not yet */
void cfree(void *ptr);
void *pvalloc(size_t size);
int malloc_trim(size_t pad);
void free_sized(void *ptr, size_t size);
void free_aligned_sized(void *ptr, size_t alignment, size_t size);
void *mallocx(size_t size, int flags);
void *rallocx(void *ptr, size_t size, int flags);
size_t xallocx(void *ptr, size_t size, size_t extra, int flags);
size_t sallocx(const void *ptr, int flags);
void dallocx(void *ptr, int flags);
void sdallocx(void *ptr, size_t size, int flags);
size_t nallocx(size_t size, int flags);
int __register_atfork(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle);

#endif /* VMM_EXPORT_H */
