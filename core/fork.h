/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to the pool at fork (VMMALLOC_FORK). The exported fork() calls
 * begin, the next fork(), and end: so what can fail does so before there is a
 * child, and fork() returns -1. Callers that get past it (daemon, forkpty) come
 * through the fork handlers only; then a failure ends the child.
 *
 * No allocation here.
 */
#ifndef VMM_FORK_H
#define VMM_FORK_H

#include "core/env.h"
#include "vmmalloc/backend.h"

#include <sys/types.h>

struct vmm_pool;

/*
 * Registers the fork handlers; to be called before anybody else registers any
 * (see atfork.h). config and backend are read at fork time. 0, or an error
 * number.
 */
int vmm_fork_init(struct vmm_pool *pool, const struct vmm_config *config,
	const struct vmmalloc_backend *backend);

/* 0, or -1 with ENOMEM: then fork() must fail, and end is not called. */
int vmm_fork_begin(void);

/*
 * In parent and child, with what the next fork() returned; what fork() is to
 * return.
 */
pid_t vmm_fork_end(pid_t pid);

/* How often this process forked. */
unsigned long vmm_fork_count(void);

#endif /* VMM_FORK_H */
