/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes before and behind each block of the debug build that the program must
 * not change. Under memcheck nothing is checked.
 */
#ifndef NAT_DEBUG_REDZONE_H
#define NAT_DEBUG_REDZONE_H

#include <stddef.h>

struct nat_record;
struct vmmalloc_host;

/* The least that lies before and behind a block that is not guarded. */
#define NAT_REDZONE ((size_t)32)
#define NAT_REDZONE_SHIFT 5u

void nat_redzone_init(const struct vmmalloc_host *host);

/* Bytes of redzone before a block: in its page, if it is guarded. */
size_t nat_redzone_before(const void *block, const struct nat_record *record);

void nat_redzone_fill(char *block, const struct nat_record *record);

/* Ends the process if a redzone was written to. */
void nat_redzone_check(const char *block, const struct nat_record *record);

#endif /* NAT_DEBUG_REDZONE_H */
