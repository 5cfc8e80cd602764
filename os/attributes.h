/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: what a program asked of single pages of its heap, by mprotect,
 * mlock, madvise or mbind. Whoever replaces the memory behind these pages has
 * to keep it. No allocation.
 */
#ifndef VMM_OS_ATTRIBUTES_H
#define VMM_OS_ATTRIBUTES_H

#include "os/file.h"

#include <stdbool.h>
#include <stddef.h>

/* One range, and what it has that is not the rule for heap memory. */
struct vmm_os_area {
	char *start;
	size_t size;
	int protection;	    /* as for mmap */
	int key;	    /* of pkey_mprotect; 0 is the rule */
	bool is_locked;	    /* mlock */
	bool is_not_dumped; /* MADV_DONTDUMP */
	bool is_not_forked; /* MADV_DONTFORK */
	int policy;	    /* mbind; 0 is the rule */
	unsigned long nodes[16];
};

struct vmm_os_areas {
	struct vmm_os_area *list;
	size_t n;
	size_t size; /* bytes of the list */
};

/*
 * Finds the mappings of [addr, addr + size) and what they have. If that is one
 * mapping with nothing special, which is all that takes little time, n is 0.
 * The same if it cannot be known, without /proc. 0, or -1 with ENOMEM.
 */
int vmm_os_areas_find(struct vmm_os_areas *areas, char *addr, size_t size);

/*
 * Maps the file from offset on as private memory in the place of [addr, addr +
 * size), with the protections of the areas that were found there: no other
 * thread sees its page with other rights meanwhile. 0, or -1 with errno; part
 * of the range may be private then.
 */
int vmm_os_make_private(char *addr, size_t size, const struct vmm_os_file *file,
	off_t offset, const struct vmm_os_areas *areas);

/*
 * Gives the areas' attributes to what is mapped there now. In a child, only
 * those that a child inherits: what has MADV_DONTFORK reads as zeroes there.
 */
void vmm_os_areas_apply(const struct vmm_os_areas *areas, bool is_child);

void vmm_os_areas_free(struct vmm_os_areas *areas);

#endif /* VMM_OS_ATTRIBUTES_H */
