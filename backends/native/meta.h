/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory for the allocator's own metadata, outside the pool: anonymous memory
 * that is recycled but never returned to the system. Thread-safe.
 */
#ifndef NAT_META_H
#define NAT_META_H

#include <stddef.h>
#include <stdint.h>

/*
 * A record of metadata starts at a multiple of this; its number is below 2^32.
 */
#define NAT_META_UNIT 64u

/* Largest record, in these units: 16 KiB. */
#define NAT_META_UNITS_MAX 256u

/*
 * Reserves address space for size bytes of metadata, behind memory for calls of
 * nat_meta_map that ask for this many bytes (of nat_meta_map_size) first: a
 * process then has one mapping of all of it. 0 or -1.
 */
int nat_meta_init(size_t size, size_t first);

/* A zeroed record of at most NAT_META_UNITS_MAX units; NULL with ENOMEM. */
void *nat_meta_alloc(size_t size);

/* Recycles a record; size is the one that it was allocated with. */
void nat_meta_free(void *record, size_t size);

/*
 * Free lists of recycled records, one per size, for an owner that will soon
 * need records of these sizes again. Empty when all zero. The caller must keep
 * other threads away from it.
 */
struct nat_meta_unused;
struct nat_meta_shelf {
	struct nat_meta_unused *records[NAT_META_UNITS_MAX + 1];
};

/*
 * As nat_meta_alloc and nat_meta_free, but the shared lock is only acquired to
 * take a record of a size of which the shelf has none.
 */
void *nat_meta_shelf_alloc(struct nat_meta_shelf *shelf, size_t size);
void nat_meta_shelf_free(
	struct nat_meta_shelf *shelf, void *record, size_t size);

/* Recycles all records on the shelf. */
void nat_meta_shelf_clear(struct nat_meta_shelf *shelf);

/* Bytes of records, including those that wait to be recycled. */
size_t nat_meta_bytes(void);

/* Zeroed private memory of any size, never freed; NULL with ENOMEM. */
void *nat_meta_map(size_t size);

/* Its bytes in whole cache lines, which it takes. */
static inline size_t
nat_meta_map_size(size_t size)
{
	return (size + NAT_META_UNIT - 1) / NAT_META_UNIT * NAT_META_UNIT;
}

/* The start of the memory for records. */
extern char *nat_meta_base __attribute__((visibility("hidden")));

/* Convert a record to its number and back. Number 0 is no record. */
uint32_t nat_meta_number(const void *record);

static inline void *
nat_meta_record(uint32_t number)
{
	return nat_meta_base + (size_t)number * NAT_META_UNIT;
}

void nat_meta_lock(void);
void nat_meta_unlock(void);

#endif /* NAT_META_H */
