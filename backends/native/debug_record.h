/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The debug build's knowledge about each block: one word outside the pool for
 * each multiple of 16 bytes in it, where a block could start. A block's word
 * outlives the block until another one starts at the same address, so that a
 * double free can be told from a pointer that never was a block. Lock-free and
 * thread-safe.
 */
#ifndef NAT_DEBUG_RECORD_H
#define NAT_DEBUG_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmmalloc_host;

enum nat_state {
	NAT_NO_BLOCK,
	NAT_LIVE,
	NAT_FREED,
};

/* Instead of a gap_shift: the block lies between guard pages. */
#define NAT_GUARDED 0xffu

struct nat_record {
	enum nat_state state;
	unsigned int gap_shift; /* the gap before it: 0, or 2^gap_shift */
	size_t size;		/* bytes that were asked for */
};

static inline bool
nat_record_is_guarded(const struct nat_record *record)
{
	return record->gap_shift == NAT_GUARDED;
}

/* 0, or -1 with ENOMEM. */
int nat_record_init(const struct vmmalloc_host *host);

/*
 * The distance of the block from the start of the heap's block that it lies in,
 * in bytes. The first guard page ends at the page in which a block starts.
 */
size_t nat_record_gap(const void *block, const struct nat_record *record);

/* For any pointer into the pool. */
struct nat_record nat_record_get(const void *ptr);

void nat_record_set(void *ptr, const struct nat_record *record);

/*
 * Marks a live block as freed. If several threads try, only one gets true.
 * *record is the state in which the block was found.
 */
bool nat_record_retire(void *ptr, struct nat_record *record);

/* The live block that ptr lies in, or NULL; looks back for 1 MiB. */
void *nat_record_around(const void *ptr, struct nat_record *record);

/*
 * A number for a block, below 2^48: a leak checker does not take it for a
 * pointer.
 */
uint64_t nat_record_number(const void *ptr);
void *nat_record_block(uint64_t number);

#endif /* NAT_DEBUG_RECORD_H */
