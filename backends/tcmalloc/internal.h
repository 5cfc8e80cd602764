/* SPDX-License-Identifier: BSD-3-Clause */
/* The C++ side of the tcmalloc adapter, as its C side sees it. */
#ifndef VMM_TCMALLOC_INTERNAL_H
#define VMM_TCMALLOC_INTERNAL_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* True where all memory of tcmalloc so far came from the pool, and will. */
bool vmm_tcmalloc_is_in_pool(void);

/*
 * Stops tcmalloc from giving memory back with madvise(MADV_DONTNEED), which
 * returns nothing on a shared mapping and only unmaps warm pages.
 */
void vmm_tcmalloc_stop_release(void);

/*
 * Drops the line that tcmalloc writes to stderr when it has no memory left:
 * the program hears of it by a NULL. Likewise those about large blocks, unless
 * the user asked for them. Other messages, of broken heaps, stay.
 */
void vmm_tcmalloc_drop_warnings(void);

#ifdef __cplusplus
}
#endif

#endif /* VMM_TCMALLOC_INTERNAL_H */
