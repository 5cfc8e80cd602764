/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A copy of the pool for a forked child: in a file of its own, or in private
 * memory if there can be no file. It is opened while fork() can still fail
 * without a trace, filled at the last moment, and the child then adopts it. All
 * through a second mapping: nothing is written to a descriptor.
 *
 * No allocation here. The caller holds the lock around the pool exclusively, or
 * is the only thread.
 */
#ifndef VMM_COPY_H
#define VMM_COPY_H

#include "os/attributes.h"
#include "os/file.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

struct vmm_copy {
	struct vmm_pool *pool;
	struct vmm_os_file file; /* VMM_OS_NO_FILE: in memory */
	size_t file_pages;	 /* what lies behind them is in memory, too */
	size_t granule;		 /* pages */
	bool shares_blocks;	 /* of the pool's file: nothing to copy */
	bool punches_quickly;
	char *map;		   /* of pages [0, mapped) */
	size_t mapped;		   /* pages */
	struct vmm_os_areas areas; /* what the program asked of its pages */
};

/*
 * Makes an empty copy in a new file, or in memory. 0, or -1 with errno, if
 * there is no room now for all that is in use.
 */
int vmm_copy_open_file(struct vmm_copy *copy, struct vmm_pool *pool);
int vmm_copy_open_memory(struct vmm_copy *copy, struct vmm_pool *pool);

/* Copies what the pool holds now. 0, or -1 with errno: the room may be gone. */
int vmm_copy_fill(struct vmm_copy *copy);

/*
 * In the child: puts the copy in the place of the pool. 0, or -1 with errno.
 * The copy is the pool's then.
 */
int vmm_copy_adopt(struct vmm_copy *copy);

/* In the parent, and if there is no child. */
void vmm_copy_close(struct vmm_copy *copy);

#endif /* VMM_COPY_H */
