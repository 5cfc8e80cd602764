/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heap's part of the pool: extents for the backend, under one lock. What
 * is behind struct vmmalloc_host (vmmalloc/backend.h), and the counts of it.
 */
#ifndef VMM_HOST_H
#define VMM_HOST_H

#include "vmmalloc/backend.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_extent_set;
struct vmm_pool;

/* Page-aligned counts in bytes, at one moment. */
struct vmm_host_stats {
	size_t pool_size;
	size_t committed;
	size_t committed_peak;
	size_t purged; /* ever given back */
	size_t free;   /* in no extent of the backend */
	size_t idle;   /* committed and free */
	size_t ahead;  /* committed and never asked for */
	size_t commit_calls;
	size_t purge_calls;
};

/* Takes over pages [first, end) of the pool for the backend. */
void vmm_host_init(struct vmm_pool *pool, size_t first, size_t end);

/* Storage for [from, to) of the bootstrap region; 0 or -1 with ENOMEM. */
int vmm_host_commit_bootstrap(char *from, char *to);

void vmm_host_get_stats(struct vmm_host_stats *stats);

/* Gives storage of free extents back; true where there was any. */
bool vmm_host_trim(void);

/* With the lock taken alone: the free extents; and counts used pages anew. */
const struct vmm_extent_set *vmm_host_free_extents(void);
void vmm_host_recount(void);

#endif /* VMM_HOST_H */
