/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A copy of the pool for a forked child: in a file of its own, or in private
 * memory if there can be no file. It is opened while fork() can still fail
 * without a trace and filled just before the process is made; the child then
 * adopts it. It is written to its descriptor only while no other thread can
 * close that, otherwise through a second mapping.
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
	size_t file_pages;	 /* pages from here on are in memory */
	size_t granule;		 /* pages */
	size_t unit;		 /* pages */
	bool shares_blocks;	 /* with the pool's file: nothing to copy */
	void *mark;		 /* if it does, of core/sharers.h */
	bool punches_quickly;
	char *map;		   /* of pages [0, mapped) */
	size_t mapped;		   /* pages */
	struct vmm_os_areas areas; /* attributes of the program's pages */
};

/*
 * Make an empty copy, in a new file or in memory. 0, or -1 with errno: also if
 * there is no room now for all that is in use.
 */
int vmm_copy_open_file(struct vmm_copy *copy, struct vmm_pool *pool);
int vmm_copy_open_memory(struct vmm_copy *copy, struct vmm_pool *pool);

/*
 * Copies what the pool holds now. 0, or -1 with errno: there may be no room any
 * more.
 */
int vmm_copy_fill(struct vmm_copy *copy);

/*
 * In the child: replaces the mapping of the pool by the copy, which is then the
 * pool's. 0, or -1 with errno.
 */
int vmm_copy_adopt(struct vmm_copy *copy);

/* In the parent, also if no child was made. */
void vmm_copy_close(struct vmm_copy *copy);

#endif /* VMM_COPY_H */
