/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the debug build keeps freed blocks for a while, filled with one byte
 * value: a pointer that is still used then meets that, and not the next block.
 * What was written meanwhile is noticed when the block leaves, or at exit.
 * Thread-safe.
 */
#ifndef NAT_DEBUG_QUARANTINE_H
#define NAT_DEBUG_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>

struct vmmalloc_host;

/* 0, or -1 with ENOMEM. */
int nat_quarantine_init(const struct vmmalloc_host *host);

/* Takes in a block that is freed; the oldest ones leave to make room. */
void nat_quarantine_add(void *block, size_t size);

/* Lets all blocks leave; true where there were any. */
bool nat_quarantine_flush(void);

/* Around fork. */
void nat_quarantine_lock(void);
void nat_quarantine_unlock(void);

/* What the heap does with a block that has left. */
void nat_debug_release(void *block);

#endif /* NAT_DEBUG_QUARANTINE_H */
