/* SPDX-License-Identifier: BSD-3-Clause */
/* The C++ side of the tcmalloc adapter, as its C side sees it. */
#ifndef VMM_TCMALLOC_INTERNAL_H
#define VMM_TCMALLOC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* True where all memory of tcmalloc so far came from the pool, and will. */
bool vmm_tcmalloc_is_in_pool(void);

/*
 * An extent for tcmalloc's page heap, aligned to its pages. If there is none of
 * *size bytes, a smaller one may come instead, and *size says how large it is:
 * together with the free pages beside it, it is as large as was asked for, as
 * far as can be seen. NULL if there is none. Under tcmalloc's lock.
 */
void *vmm_tcmalloc_place(size_t *size, size_t alignment);

/* An extent for metadata, of exactly this size; NULL. As above. */
void *vmm_tcmalloc_place_metadata(size_t size, size_t alignment);

/*
 * Stops tcmalloc from giving memory back with madvise(MADV_DONTNEED), which
 * returns nothing on a shared mapping and only unmaps warm pages.
 */
void vmm_tcmalloc_stop_release(void);

/*
 * Drops the line that tcmalloc before 2.16 writes to stderr when it has no
 * memory left: the program hears of it by a NULL. Likewise those about large
 * blocks, unless the user asked for them. Other messages, of broken heaps,
 * stay.
 */
void vmm_tcmalloc_drop_warnings(void);

#ifdef __cplusplus
}
#endif

#endif /* VMM_TCMALLOC_INTERNAL_H */
