/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guard pages around some blocks of the debug build. Such a block ends where
 * the page behind it begins, except for up to 15 bytes, and none of its pages
 * can be accessed once it is freed: an access beyond its page, or after the
 * free, is a SIGSEGV. After Electric Fence; only a sample of the blocks, as in
 * GWP-ASan, because each needs three pages and three system calls. Thread-safe.
 */
#ifndef NAT_DEBUG_GUARD_H
#define NAT_DEBUG_GUARD_H

#include <stdbool.h>
#include <stddef.h>

struct vmmalloc_host;

void nat_guard_init(const struct vmmalloc_host *host);

/*
 * A block between guard pages, with undefined contents; NULL if the call is not
 * in the sample, or if there is no room for it. If is_last_chance, there is no
 * other room, and each call is in the sample as long as the limits allow it.
 * alignment is a power of two.
 */
void *nat_guard_alloc(size_t alignment, size_t size, bool is_last_chance);

/*
 * start is that of the heap's block. nat_guard_close makes all of its pages
 * inaccessible; nat_guard_remove makes them accessible again, so that the block
 * can return to the heap: false if they stay as they are for ever.
 */
void nat_guard_close(char *start);
bool nat_guard_remove(char *start);

#endif /* NAT_DEBUG_GUARD_H */
