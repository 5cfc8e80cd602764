/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bootstrap region: the start of the pool, from which blocks are cut until
 * the backend is live. The blocks stay valid for the life of the process;
 * freeing one does nothing. The functions are those of the malloc family,
 * edges included, and map the pool when they are the first to run.
 * Thread-safe.
 */
#ifndef VMM_BOOTSTRAP_H
#define VMM_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>

/* Serves blocks from [start, end); commit(from, to) gives it storage. */
void vmm_bootstrap_init(char *start, char *end, int (*commit)(char *, char *));

/*
 * Ends the region at or after the last block, at a multiple of page_size, and
 * returns where. Requests that come later go to the live table.
 */
char *vmm_bootstrap_finish(size_t page_size);

/* Bytes that the region's blocks take. */
size_t vmm_bootstrap_bytes(void);

bool vmm_bootstrap_owns(const void *ptr);

void *vmm_bootstrap_malloc(size_t size);
void vmm_bootstrap_free(void *ptr);
void *vmm_bootstrap_calloc(size_t nmemb, size_t size);
void *vmm_bootstrap_realloc(void *ptr, size_t size);
void *vmm_bootstrap_memalign(size_t alignment, size_t size);
size_t vmm_bootstrap_usable_size(void *ptr);

#endif /* VMM_BOOTSTRAP_H */
