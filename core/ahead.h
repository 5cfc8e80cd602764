/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many pages of the pool are committed ahead, that is, before a thread asks
 * for them. No allocation here; the caller holds the lock around the pool.
 */
#ifndef VMM_AHEAD_H
#define VMM_AHEAD_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/* The pages to back for one run of uncommitted pages. */
struct vmm_ahead_plan {
	size_t first, last; /* must be backed */
	size_t end;	    /* if beyond last: back up to here if possible */

	/* a huge page, which is tried first; empty if none is wanted */
	size_t huge_first, huge_last;
	bool is_hole;
};

struct vmm_ahead_plan vmm_ahead_make_plan(
	const struct vmm_pool *pool, size_t first, size_t last);

/*
 * Whether a thread that would otherwise wait may commit a huge page that no
 * thread has asked for.
 */
bool vmm_ahead_may_commit_next(const struct vmm_pool *pool);

#endif /* VMM_AHEAD_H */
