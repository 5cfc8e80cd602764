/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of a statistics page, with their names in all outputs. */
#ifndef VMM_LIVE_NUMBER_H
#define VMM_LIVE_NUMBER_H

#include "vmmalloc/page.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_live_number {
	const char *name; /* of the field, and in JSON */
	size_t offset;
	bool is_bytes;
	bool is_counter;    /* only ever grows */
	const char *label;  /* for people */
	const char *metric; /* without prefix, _bytes and _total */
	const char *meaning;
};

/* All of them; ends with a name that is NULL. */
extern const struct vmm_live_number vmm_live_numbers[];

/* VMMALLOC_PAGE_UNKNOWN if it is not known. */
static inline uint64_t
vmm_live_number_of(
	const struct vmmalloc_page *page, const struct vmm_live_number *number)
{
	return *(const uint64_t *)(const void *)((const char *)page +
		number->offset);
}

/* Milliseconds that the process has been live; -1 if that is not known. */
int64_t vmm_live_age_ms(const struct vmmalloc_page *page);

#endif /* VMM_LIVE_NUMBER_H */
