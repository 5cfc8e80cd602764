/* SPDX-License-Identifier: BSD-3-Clause */
/* The shadow of the pool; see shadow.h. */
#include "config.h"

#include "tests/stress/shadow.h"

#include "tests/stress/model.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#define UNIT 8 /* bytes; no block is smaller */
#define PER_WORD 64

static uint64_t *words;
static uintptr_t first;
static size_t units;

void
shadow_init(void *base, size_t size)
{
	first = (uintptr_t)base;
	units = size / UNIT;
	words = mmap(NULL, units / 8 + sizeof(*words), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	MODEL_CHECK(words != MAP_FAILED);
}

/*
 * Sets or clears the bits of a block, each of which must have been the
 * opposite.
 */
static void
change(const void *block, size_t size, bool set)
{
	size_t from = ((uintptr_t)block - first) / UNIT;
	size_t to = from + (size != 0 ? (size + UNIT - 1) / UNIT : 1);

	MODEL_CHECK((uintptr_t)block % UNIT == 0);
	MODEL_CHECK((uintptr_t)block >= first && from < to && to <= units);
	while (from < to) {
		size_t bit = from % PER_WORD;
		size_t n =
			PER_WORD - bit < to - from ? PER_WORD - bit : to - from;
		uint64_t mask = UINT64_MAX >> (PER_WORD - n) << bit;
		uint64_t *word = &words[from / PER_WORD];
		uint64_t was = set
			? __atomic_fetch_or(word, mask, __ATOMIC_RELAXED)
			: __atomic_fetch_and(word, ~mask, __ATOMIC_RELAXED);

		MODEL_CHECK((was & mask) == (set ? 0 : mask));
		from += n;
	}
}

void
shadow_claim(const void *block, size_t size)
{
	change(block, size, true);
}

void
shadow_release(const void *block, size_t size)
{
	change(block, size, false);
}
