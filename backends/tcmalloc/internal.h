/* SPDX-License-Identifier: BSD-3-Clause */
/* The C++ side of the tcmalloc adapter, as its C side sees it. */
#ifndef VMM_TCMALLOC_INTERNAL_H
#define VMM_TCMALLOC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* True if tcmalloc has taken all its memory from this adapter, and will. */
bool vmm_tcmalloc_is_in_pool(void);

/*
 * An extent for tcmalloc's page heap, aligned to its pages. If there is none of
 * *size bytes, the result may be a smaller one, and *size is set to its size:
 * together with the pages beside it, if they are free, it is as large as was
 * asked for. NULL if there is none. Called under tcmalloc's lock.
 */
void *vmm_tcmalloc_place(size_t *size, size_t alignment);

/*
 * Memory for metadata, of exactly this size, outside the pool if possible; NULL
 * if there is none. Called under tcmalloc's lock.
 */
void *vmm_tcmalloc_place_metadata(size_t size, size_t alignment);

/* Its part outside the pool; NULL if the system has none. */
void *vmm_tcmalloc_map_metadata(size_t size);

/*
 * Stops tcmalloc from releasing memory with madvise(MADV_DONTNEED), which
 * returns nothing on a shared mapping and only unmaps warm pages.
 */
void vmm_tcmalloc_stop_release(void);

/*
 * Drops the line that tcmalloc writes to stderr when it has no memory left: the
 * program gets NULL and can react. Also drops those about large blocks, unless
 * the user asked for them. Other messages, about corrupted heaps, are still
 * written.
 */
void vmm_tcmalloc_drop_messages(void);

#ifdef __cplusplus
}
#endif

#endif /* VMM_TCMALLOC_INTERNAL_H */
