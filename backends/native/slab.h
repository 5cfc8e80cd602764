/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Slabs: extents cut into blocks of one size class, with one bit per block in
 * metadata outside the pool. The caller must keep other threads away from a
 * slab.
 */
#ifndef NAT_SLAB_H
#define NAT_SLAB_H

#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmmalloc_host;

/*
 * The metadata of a slab. What alloc and free need comes first, so that it is
 * in one cache line for blocks of more than 170 bytes in a slab of 64 KiB.
 */
struct nat_slab {
	char *start;
	uint16_t n_out;	   /* blocks allocated and not freed */
	uint16_t capacity; /* blocks in all */
	uint16_t carved;   /* blocks from this number on were never used */
	uint16_t tag;	   /* of its pages; see map.h */
	uint64_t free[];   /* one bit per block: 1 is free */
};
_Static_assert(offsetof(struct nat_slab, free) <= 16, "room for 384 bits");

/* The rest of the metadata, behind the bits. */
struct nat_slab_cold {
	struct nat_slab *next, **link; /* for the caller's lists */
	/* bytes from the start on that are committed, but for purged pages */
	uint32_t committed : 24;
	uint32_t span : 8;
	uint32_t purged; /* one bit per page: no block on it is used */
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

void nat_slab_init(const struct vmmalloc_host *host);

static inline const struct nat_shape *
nat_slab_shape(const struct nat_slab *slab)
{
	return &nat_shapes[nat_tag_class(slab->tag)];
}

static inline size_t
nat_slab_bytes(struct nat_slab *slab)
{
	return nat_span_bytes[nat_slab_cold(slab)->span];
}

/*
 * Creates a slab of a span that the tag's class can have, and gives its pages
 * the tag. NULL if there is no extent or no metadata for it.
 */
struct nat_slab *nat_slab_create(unsigned int tag, unsigned int span);

/*
 * Creates slabs of the same tag and span from the slab's end to the end of its
 * chunk. Returns a list linked by next, the highest address first; NULL if
 * there is no room.
 */
struct nat_slab *nat_slab_create_behind(struct nat_slab *slab);

void nat_slab_destroy(struct nat_slab *slab);

/*
 * Clears the tags of an empty slab's pages, so that a free into it is detected.
 */
void nat_slab_retire(struct nat_slab *slab);

/*
 * Puts a retired slab back into use, with any tag whose class has slabs of the
 * span. If the tag changes, the old metadata goes to the shelf and new metadata
 * is taken; if there is none, the slab's extent is freed and NULL is returned.
 */
struct nat_slab *nat_slab_reuse(
	struct nat_slab *slab, unsigned int tag, struct nat_meta_shelf *shelf);

/*
 * Commits blocks on purged pages again if there are any. Otherwise commits more
 * blocks and marks them as free: as many as are worth a call of
 * the core; or, if few is not 0, that number and as many more as fit into the
 * same pages. False if there is no memory for them.
 */
bool nat_slab_carve(struct nat_slab *slab, size_t few);

/*
 * Purges the pages on which no block is used, in up to *runs calls of the core,
 * which are subtracted, and stores the bytes in *bytes. Their blocks count as
 * free, but are not allocated until nat_slab_carve has committed them again.
 * False if there are more such pages, because no call is left or one failed.
 */
bool nat_slab_purge(struct nat_slab *slab, unsigned int *runs, size_t *bytes);

/* Bytes of the pages that are purged. */
size_t nat_slab_purged_bytes(struct nat_slab *slab);

/* The part of nat_slab_carve for slabs that have purged pages. */
bool nat_slab_commit_purged(struct nat_slab *slab);

/*
 * Clears the bits of the blocks on purged pages, so that they are not
 * allocated, or sets them again.
 */
void nat_slab_hide_purged(struct nat_slab *slab, bool is_hidden);

void nat_slab_pages_init(const struct vmmalloc_host *host);

/* Marks the blocks below number last, which are committed, as free. */
void nat_slab_add_carved(struct nat_slab *slab, unsigned int last);

/*
 * Allocates up to n carved blocks and stores them from blocks[n - 1] down, in
 * the order of their addresses, beginning at a block that depends on the slab's
 * address and wrapping around at the end. Returns how many.
 */
size_t nat_slab_alloc(struct nat_slab *slab, void **blocks, size_t n);

/*
 * A misuse of the heap that was found. It is reported after all locks are
 * released, because the program may catch the signal, and allocate or fork
 * before it ends.
 */
struct nat_misuse {
	const char *what; /* NULL: none */
	const void *block;
};

/*
 * Frees blocks[0], and those of the n blocks that follow it in the same
 * slab. Returns how many; 0, with *misuse set, if one of them is already free
 * or is not a block. shape is that of the slab's class.
 */
size_t nat_slab_free(struct nat_slab *slab, const struct nat_shape *shape,
	void *const *blocks, size_t n, struct nat_misuse *misuse);

/* The same for blocks[0] only, if the next block is not adjacent to it. */
static inline size_t
nat_slab_free_one(struct nat_slab *slab, const struct nat_shape *shape,
	void *block, struct nat_misuse *misuse)
{
	uint64_t offset = (uint64_t)((char *)block - slab->start);
	size_t i = (size_t)(offset * shape->inverse >> 32);
	uint64_t *word = &slab->free[i / 64];
	uint64_t bit = UINT64_C(1) << i % 64;

	if (__builtin_expect(i * shape->size != offset || i >= slab->carved ||
			    (*word & bit) != 0,
		    0))
		return nat_slab_free(slab, shape, &block, 1, misuse);
	*word |= bit;
	slab->n_out--;
	return 1;
}

/*
 * Whether the pointer is that of a block that was allocated and not freed;
 * blocks in caches count as allocated. The page of the pointer must have the
 * slab's tag. Thread-safe if it is a block of the caller.
 */
bool nat_slab_is_used(const struct nat_slab *slab, const void *ptr);

/* The slab of a block with this tag; NULL if its page has another tag. */
static inline struct nat_slab *
nat_slab_of(unsigned int tag, const void *block)
{
	if (__builtin_expect(nat_map_tag(block) != tag, 0))
		return NULL;
	return (struct nat_slab *)nat_meta_record(*nat_map_word(block));
}

/*
 * Prefetch two cache lines of the metadata of a block that is freed soon;
 * and, for a block that is freed later, the word of the page map that leads
 * to its metadata: a load that waits for this word would delay the loads behind
 * it. Always inline, because gcc takes them for functions without effect and
 * drops the calls.
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
