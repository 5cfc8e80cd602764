/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slabs: extents cut into blocks of one size class, with a bit a block in a
 * record outside the pool. The caller keeps other threads away from a slab.
 */
#ifndef NAT_SLAB_H
#define NAT_SLAB_H

#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/size_class.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmmalloc_host;

/*
 * A record of a slab. What put and take need comes first, so that it is in one
 * cache line for blocks of more than 170 bytes in a slab of 64 KiB.
 */
struct nat_slab {
	char *start;
	uint16_t n_out;	   /* blocks taken and not put back */
	uint16_t capacity; /* blocks there are */
	uint16_t carved;   /* blocks from here on were never used */
	uint16_t tag;	   /* of its pages; see map.h */
	uint64_t free[];   /* a bit a block: 1 is free */
};
_Static_assert(offsetof(struct nat_slab, free) <= 16, "room for 384 bits");

/* The rest of the record, behind the bits. */
struct nat_slab_cold {
	struct nat_slab *next, **link; /* the caller's */
	uint32_t committed; /* bytes from the start on that have storage */
	uint32_t kind;
};

static inline size_t
nat_slab_words(const struct nat_slab *slab)
{
	return (slab->capacity + 63u) / 64;
}

static inline struct nat_slab_cold *
nat_slab_cold(struct nat_slab *slab)
{
	return (struct nat_slab_cold *)(void *)&slab
		->free[nat_slab_words(slab)];
}

/*
 * Kinds of slabs: one for each of four ranges of sizes of blocks, and a larger
 * one for classes of the first range that have many slabs.
 */
#define NAT_SLAB_KINDS 5u

/* Bytes of a slab of each kind. */
extern uint32_t nat_kind_bytes[NAT_SLAB_KINDS]
	__attribute__((visibility("hidden")));

/* What is the same for all slabs of a class. */
struct nat_shape {
	uint32_t size;	  /* bytes of a block */
	uint32_t inverse; /* offset / size == offset * inverse >> 32 */
	uint16_t carve;	  /* blocks to commit at once */
	uint8_t kind;	  /* of its slabs */
	uint8_t larger;	  /* the kind where it has many */
};

extern struct nat_shape nat_shapes[NAT_CLASS_LAST + 1]
	__attribute__((visibility("hidden")));

void nat_slab_init(const struct vmmalloc_host *host);

static inline const struct nat_shape *
nat_slab_shape(const struct nat_slab *slab)
{
	return &nat_shapes[nat_tag_class(slab->tag)];
}

static inline size_t
nat_slab_bytes(struct nat_slab *slab)
{
	return nat_kind_bytes[nat_slab_cold(slab)->kind];
}

/*
 * A slab of a kind that the tag's class can have, whose pages have the tag.
 * NULL where there is no room for one.
 */
struct nat_slab *nat_slab_create(unsigned int tag, unsigned int kind);

/*
 * More of the same tag and kind, from the slab's end to that of its chunk: a
 * list by next, the last one first. NULL where there is no room.
 */
struct nat_slab *nat_slab_create_behind(struct nat_slab *slab);

void nat_slab_destroy(struct nat_slab *slab);

/* Takes a slab without blocks out of use, so that a free into it is noticed. */
void nat_slab_retire(struct nat_slab *slab);

/*
 * Back into use, under any tag that has slabs of the kind; where that takes
 * another record, the old one goes to the shelf. NULL, and the slab is
 * destroyed, where there is no room for its record.
 */
struct nat_slab *nat_slab_reuse(
	struct nat_slab *slab, unsigned int tag, struct nat_meta_shelf *shelf);

/*
 * Makes more blocks usable: as many as is worth a call of the core, or, if few
 * is not 0, as many as fit into the pages of that many. False if there is no
 * memory for them.
 */
bool nat_slab_carve(struct nat_slab *slab, size_t few);

/* Adds the blocks up to number last, which are committed, as free ones. */
void nat_slab_add_carved(struct nat_slab *slab, unsigned int last);

/*
 * Takes up to n carved blocks to blocks[n - 1] and down: in the order of their
 * addresses, but first those from a block that depends on the slab's own
 * address on. Returns how many.
 */
size_t nat_slab_take(struct nat_slab *slab, void **blocks, size_t n);

/*
 * A misuse of the heap that was found. It is reported when no lock is held: the
 * program may catch the signal, and allocate or fork before it ends.
 */
struct nat_misuse {
	const char *what; /* NULL: none */
	const void *block;
};

/*
 * Puts back those of n blocks that come first and are in the slab, at least
 * one. Returns how many; 0, with *misuse set, if one of them is free already or
 * is no block at all. shape is the slab's class's.
 */
size_t nat_slab_put(struct nat_slab *slab, const struct nat_shape *shape,
	void *const *blocks, size_t n, struct nat_misuse *misuse);

/* The same for one block that comes without its neighbour. */
static inline size_t
nat_slab_put_one(struct nat_slab *slab, const struct nat_shape *shape,
	void *block, struct nat_misuse *misuse)
{
	uint64_t offset = (uint64_t)((char *)block - slab->start);
	size_t i = (size_t)(offset * shape->inverse >> 32);
	uint64_t *word = &slab->free[i / 64];
	uint64_t bit = UINT64_C(1) << i % 64;

	if (__builtin_expect(i * shape->size != offset || i >= slab->carved ||
			    (*word & bit) != 0,
		    0))
		return nat_slab_put(slab, shape, &block, 1, misuse);
	*word |= bit;
	slab->n_out--;
	return 1;
}

/* The slab of a block with this tag; NULL if the tag of its page is another. */
static inline struct nat_slab *
nat_slab_of(unsigned int tag, const void *block)
{
	if (__builtin_expect(nat_map_tag(block) != tag, 0))
		return NULL;
	return (struct nat_slab *)nat_meta_record(*nat_map_word(block));
}

/*
 * Start to load the record of a block that is put back soon, two lines of it,
 * and where the record is of one that is put back later: a load that waited for
 * that would keep those behind it waiting. Always inline: gcc takes them for
 * functions without effect, and drops calls.
 */
static inline __attribute__((always_inline)) void
nat_slab_prefetch(const void *block)
{
	const char *record = nat_meta_record(*nat_map_word(block));

	__builtin_prefetch(record);
	__builtin_prefetch(record + NAT_META_UNIT);
}

static inline __attribute__((always_inline)) void
nat_slab_prefetch_word(const void *block)
{
	__builtin_prefetch(nat_map_word(block));
}

#endif /* NAT_SLAB_H */
