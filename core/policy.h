/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory nodes that a pool takes its memory from. No allocation here; the
 * caller holds the lock around the pool.
 */
#ifndef VMM_POLICY_H
#define VMM_POLICY_H

#include <stddef.h>

struct vmm_os_policy;
struct vmm_pool;

/*
 * Gives a policy to a pool in a file, of which nothing is committed. 0, or -1
 * with errno; *why as in vmm_os_policy_try, also if the file system has no
 * policies.
 */
int vmm_policy_set(struct vmm_pool *pool, const struct vmm_os_policy *policy,
	const char **why);

/*
 * Gives the pool's policy to memory that was just mapped. -1 if that fails, and
 * memory of another node is not wanted.
 */
int vmm_policy_apply(const struct vmm_pool *pool, void *addr, size_t size);

/*
 * The page to back first of a huge page that begins at page first: the kernel
 * makes the huge page on the node of that page. Relative to first.
 */
size_t vmm_policy_seed(const struct vmm_pool *pool, size_t first);

#endif /* VMM_POLICY_H */
