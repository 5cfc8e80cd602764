/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A list of places for a pool, and how they are used. The list has a size for
 * each place:
 *
 *	PLACE:SIZE,PLACE:SIZE
 *
 * PLACE is as in base/place.h, and may have commas itself. SIZE has a letter,
 *or is 1048576 or more: a smaller number is that of a node. A directory with
 *such a name is given with a slash at its end. No allocation here.
 */
#ifndef VMM_PLACES_H
#define VMM_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#define VMM_PLACES_MAX 8

struct vmm_sized_place {
	const char *text;
	size_t size; /* bytes */
};

struct vmm_places {
	unsigned int n;
	struct vmm_sized_place place[VMM_PLACES_MAX];
};

/* The complaint about a text that vmm_places_split refuses. */
#define VMM_NOT_PLACES                                      \
	"not a list of up to 8 places, each with its size " \
	"behind a colon"

/* Whether the text is such a list: it ends with a colon and a size. */
bool vmm_places_is_list(const char *text);

/*
 * Splits the list: the text is cut in pieces, which places then refers to. 0,
 * or -1 with EINVAL.
 */
int vmm_places_split(struct vmm_places *places, char *text);

/* Adds up the sizes. 0, or -1 with ERANGE. */
int vmm_places_total(const struct vmm_places *places, size_t *size);

/*
 * The place of a part of this many bytes in the address space that is reserved
 * for all of them: at *offset or above, which is moved behind it, and behind a
 * hole that keeps extents of two parts apart.
 */
size_t vmm_places_take(size_t size, size_t *offset);

/* The use of several places, as VMMALLOC_PLACEMENT says it. */
struct vmm_placement {
	enum vmm_placement_kind {
		VMM_PLACEMENT_OVERFLOW,	 /* the first one that has room */
		VMM_PLACEMENT_RATIO,	 /* each in proportion to its weight */
		VMM_PLACEMENT_THRESHOLD, /* from this size on not the first */
		VMM_PLACEMENT_STRIPE,	 /* all, in pieces of this size */
	} kind;
	size_t size; /* bytes, of a threshold or of a stripe; 0: not given */
	unsigned int n_weights;
	unsigned int weight[VMM_PLACES_MAX];
	char text[64];
};

#define VMM_NOT_A_PLACEMENT                                                    \
	"must be overflow, ratio, ratio=N:N with a number from 1 to 1000 for " \
	"each place, threshold=SIZE, stripe, or stripe=SIZE with a power of "  \
	"two from 2M on"

/* 0, or -1 with EINVAL. */
int vmm_placement_parse(struct vmm_placement *placement, const char *text);

#endif /* VMM_PLACES_H */
