/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pool in several files, each of which has every n-th stripe of it, so that
 * all devices serve every part of the heap. No allocation here. The caller
 * holds the lock around the pool.
 */
#ifndef VMM_STRIPES_H
#define VMM_STRIPES_H

#include "base/places.h"
#include "os/file.h"

#include <stddef.h>
#include <stdint.h>

struct vmm_pool;

struct vmm_stripes {
	unsigned int n; /* 0: the pool has one file */
	size_t pages;	/* of a stripe; a power of two */
	struct vmm_os_file file[VMM_PLACES_MAX]; /* the first is the pool's */
};

/* Some pages of a pool, in one file. */
struct vmm_piece {
	const struct vmm_os_file *file;
	size_t offset; /* bytes, in the file */
	size_t first, last;
};

/*
 * Creates a file in each of the directories, for stripes of this many bytes.
 * Returns the abilities that all have, and the size of the pool. 0, or -1 with
 * errno; *why then is NULL or says more.
 */
int vmm_stripes_open(struct vmm_stripes *stripes,
	const struct vmm_places *places, size_t stripe,
	struct vmm_os_backing *backing, size_t *size, const char **why);

/*
 * The piece of pages [first, last) that begins with the first, also of a pool
 * in one file.
 */
struct vmm_piece vmm_stripes_find(
	const struct vmm_pool *pool, size_t first, size_t last);

/* As vmm_os_file_space, for all files of the pool together. */
int vmm_stripes_space(
	const struct vmm_pool *pool, uint64_t *total, uint64_t *available);

#endif /* VMM_STRIPES_H */
