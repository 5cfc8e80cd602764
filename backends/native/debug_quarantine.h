/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The debug build keeps freed blocks here for a while, filled with one byte
 * value: a pointer that is still used then finds this value, and not another
 * block. Writes to such a block are detected when it leaves, or at exit.
 * Thread-safe.
 */
#ifndef NAT_DEBUG_QUARANTINE_H
#define NAT_DEBUG_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>

struct nat_record;
struct vmmalloc_host;

/* 0, or -1 with ENOMEM. */
int nat_quarantine_init(const struct vmmalloc_host *host);

/* Adds a block that was freed; the oldest ones leave to make room. */
void nat_quarantine_add(void *block, const struct nat_record *record);

/* Lets all blocks leave; true if there were any. */
bool nat_quarantine_flush(void);

/* Called around fork. */
void nat_quarantine_lock(void);
void nat_quarantine_unlock(void);

#endif /* NAT_DEBUG_QUARANTINE_H */
