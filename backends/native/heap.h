/* SPDX-License-Identifier: BSD-3-Clause */
/* The native heap's malloc family, as vmmalloc/backend.h specifies it. */
#ifndef NAT_HEAP_H
#define NAT_HEAP_H

#include <stddef.h>

void *nat_malloc(size_t size);
void nat_free(void *ptr);
void nat_free_sized(void *ptr, size_t size);
void *nat_calloc(size_t nmemb, size_t size);
void *nat_realloc(void *ptr, size_t size);
void *nat_memalign(size_t alignment, size_t size);
size_t nat_good_size(size_t alignment, size_t size);

#endif /* NAT_HEAP_H */
