/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory for the allocator's own records, outside the pool: anonymous memory
 * that is never given back, only recycled. Thread-safe.
 */
#ifndef NAT_META_H
#define NAT_META_H

#include <stddef.h>
#include <stdint.h>

/* Records start at multiples of this, and have a number below 2^32. */
#define NAT_META_UNIT 64u

/* Largest record, in these units: 16 KiB. */
#define NAT_META_UNITS_MAX 256u

/* Reserves address space for so many bytes of records; 0 or -1. */
int nat_meta_init(size_t size);

/* A zeroed record of at most NAT_META_UNITS_MAX units; NULL with ENOMEM. */
void *nat_meta_alloc(size_t size);

/* Recycles a record; size as it was asked for. */
void nat_meta_free(void *record, size_t size);

/*
 * Records set aside, by their size, for who will soon want such ones again: all
 * zero when it is empty. The caller keeps other threads away from it.
 */
struct nat_meta_unused;
struct nat_meta_shelf {
	struct nat_meta_unused *records[NAT_META_UNITS_MAX + 1];
};

/* As nat_meta_alloc and nat_meta_free, if possible without a shared lock. */
void *nat_meta_shelf_take(struct nat_meta_shelf *shelf, size_t size);
void nat_meta_shelf_put(
	struct nat_meta_shelf *shelf, void *record, size_t size);

/* Recycles all records on the shelf. */
void nat_meta_shelf_clear(struct nat_meta_shelf *shelf);

/* Bytes in use by records, those waiting to be recycled included. */
size_t nat_meta_bytes(void);

/* Zeroed private memory of any size, never freed; NULL with ENOMEM. */
void *nat_meta_map(size_t size);

/* Where the records are. */
extern char *nat_meta_base __attribute__((visibility("hidden")));

/* A record's number, and back. Number 0 is no record. */
uint32_t nat_meta_number(const void *record);

static inline void *
nat_meta_record(uint32_t number)
{
	return nat_meta_base + (size_t)number * NAT_META_UNIT;
}

void nat_meta_lock(void);
void nat_meta_unlock(void);

#endif /* NAT_META_H */
