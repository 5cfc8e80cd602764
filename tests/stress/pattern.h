/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The contents of the model's blocks: words that depend on the block's seed
 * and on their position. Of a large block only parts are written: both ends,
 * and a few bytes in between.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void pattern_fill(void *block, size_t size, uint64_t seed);

/* Whether the first bytes of a block are still as they were filled. */
bool pattern_holds(
	const void *block, size_t filled_size, size_t bytes, uint64_t seed);

/* Whether a block reads as zeros; in a large one, every page is sampled. */
bool pattern_is_zero(const void *block, size_t size);

#endif /* PATTERN_H */
