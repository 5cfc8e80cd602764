/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bootstrap region: the start of the pool, from which blocks are cut until
 * the backend is live. The blocks stay valid for the life of the process;
 * freeing one does nothing. Thread-safe, but for init.
 */
#ifndef VMM_BOOTSTRAP_H
#define VMM_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>

/* Cuts blocks from [start, end); commit(from, to) makes a part usable. */
void vmm_bootstrap_init(char *start, char *end, int (*commit)(char *, char *));

/*
 * Lets the region grow to no more than factor times what its blocks take now,
 * or min bytes if that is more. Returns its end then.
 */
char *vmm_bootstrap_limit(size_t factor, size_t min, size_t page_size);

/*
 * Ends the region at or after the last block, at a multiple of page_size, and
 * returns where. Later requests fail.
 */
char *vmm_bootstrap_finish(size_t page_size);
bool vmm_bootstrap_is_finished(void);

/* Bytes that the region's blocks take. */
size_t vmm_bootstrap_bytes(void);

bool vmm_bootstrap_owns(const void *ptr);

/*
 * A block of size bytes, whose contents are not defined; NULL with ENOMEM if
 * fewer than spare bytes of the region would be left. alignment is a power of
 * two.
 */
void *vmm_bootstrap_alloc(size_t alignment, size_t size, size_t spare);
size_t vmm_bootstrap_usable_size(const void *ptr);

/* The usable size of what alloc would return; 0 if it could not. */
size_t vmm_bootstrap_good_size(size_t alignment, size_t size);

#endif /* VMM_BOOTSTRAP_H */
