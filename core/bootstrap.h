/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bootstrap region: the start of the pool, from which blocks are cut until
 * the backend is live. The blocks stay valid for the life of the process; to
 * free one has no effect. All functions but init are thread-safe.
 */
#ifndef VMM_BOOTSTRAP_H
#define VMM_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>

/* Cuts blocks from [start, end); commit(from, to) makes a part usable. */
void vmm_bootstrap_init(char *start, char *end, int (*commit)(char *, char *));

/*
 * Limits the region to factor times what its blocks take now, or to min bytes
 * if that is more. Returns its new end.
 */
char *vmm_bootstrap_limit(size_t factor, size_t min, size_t page_size);

/*
 * Ends the region at the first multiple of page_size at or after its last
 * block, and returns that. Later requests fail.
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
