/* SPDX-License-Identifier: BSD-3-Clause */
/* What happens to the pool at fork. */
#ifndef VMM_FORK_H
#define VMM_FORK_H

#include "core/env.h"
#include "vmmalloc/backend.h"

struct vmm_pool;

/*
 * Registers the fork handlers; to be called before the backend is loaded, so
 * that its own handlers take its locks before ours run. backend is read at
 * fork time only. 0, or -1.
 */
int vmm_fork_init(struct vmm_pool *pool, enum vmm_fork_mode mode,
	const struct vmmalloc_backend *backend);

/* How often this process forked. */
unsigned long vmm_fork_count(void);

#endif /* VMM_FORK_H */
