/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How far ahead of what was asked for pages of the pool are committed. No
 * allocation here; the caller holds the lock around the pool.
 */
#ifndef VMM_AHEAD_H
#define VMM_AHEAD_H

#include <stdbool.h>
#include <stddef.h>

struct vmm_pool;

/* What is to be backed for one run of uncommitted pages. */
struct vmm_ahead_plan {
	size_t first, last; /* in any case */
	size_t end;	    /* last, or as far ahead as makes sense */

	/* a huge page, which is tried first; empty where none is wanted */
	size_t huge_first, huge_last;
	bool is_hole;
};

struct vmm_ahead_plan vmm_ahead_make_plan(
	const struct vmm_pool *pool, size_t first, size_t last);

/*
 * Whether a thread that would have to wait may commit a huge page instead that
 * nobody has asked for.
 */
bool vmm_ahead_may_take_next(const struct vmm_pool *pool);

#endif /* VMM_AHEAD_H */
