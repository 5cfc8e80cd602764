/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: attributes that a program has given to single pages of its
 * heap, with mprotect, mlock, madvise or mbind. Code that replaces the memory
 * behind these pages must keep them. No allocation.
 */
#ifndef VMM_OS_ATTRIBUTES_H
#define VMM_OS_ATTRIBUTES_H

#include "os/file.h"

#include <stdbool.h>
#include <stddef.h>

/* One range, and its attributes. */
struct vmm_os_area {
	char *start;
	size_t size;
	int protection;	    /* as for mmap */
	int key;	    /* of pkey_mprotect; 0 by default */
	bool is_locked;	    /* mlock */
	bool is_not_dumped; /* MADV_DONTDUMP */
	bool is_not_forked; /* MADV_DONTFORK */
	int policy;	    /* mbind; 0 by default */
	unsigned long nodes[16];
};

struct vmm_os_areas {
	struct vmm_os_area *list;
	size_t n;
	size_t size; /* bytes of the list */
};

/*
 * Finds the mappings of [addr, addr + size) and their attributes. n is 0 if
 * none of the range has special attributes, which is quick to find out if it is
 * one mapping, and also if nothing can be known, without /proc. 0, or -1 with
 * ENOMEM.
 */
int vmm_os_areas_find(struct vmm_os_areas *areas, char *addr, size_t size);

/*
 * Maps the file from offset on as private memory, replacing [addr, addr +
 * size), with the protections of the areas that were found there: no other
 * thread sees a page of it with other access rights at any time. 0, or -1 with
 * errno: part of the range may then be private.
 */
int vmm_os_make_private(char *addr, size_t size, const struct vmm_os_file *file,
	off_t offset, const struct vmm_os_areas *areas);

/*
 * Gives the attributes of the areas to what is mapped there now. In a child,
 * only those that a child inherits: a range with MADV_DONTFORK reads as zeroes
 * there.
 */
void vmm_os_areas_apply(const struct vmm_os_areas *areas, bool is_child);

void vmm_os_areas_free(struct vmm_os_areas *areas);

#endif /* VMM_OS_ATTRIBUTES_H */
