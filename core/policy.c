/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory nodes of a pool; see policy.h. */
#include "config.h"

#include "core/policy.h"

#include "base/log.h"
#include "core/pool.h"
#include "core/stripes.h"

#include <errno.h>

/*
 * The kernel keeps the policy of a shared mapping with the file, for as long as
 * that exists. It has no effect on pages that are there already.
 */
int
vmm_policy_set(struct vmm_pool *pool, const struct vmm_os_policy *policy,
	const char **why)
{
	if (!pool->can_have_policy && pool->file.fd >= 0) {
		*why = "only a tmpfs or hugetlbfs obeys VMMALLOC_POOL_POLICY";
		errno = ENOTSUP;
		return -1;
	}
	pool->policy = *policy;
	return vmm_os_policy_try(policy, pool->base, pool->size, why);
}

int
vmm_policy_apply(const struct vmm_pool *pool, void *addr, size_t size)
{
	if (vmm_os_policy_apply(&pool->policy, addr, size) == 0)
		return 0;
	VMM_LOG_ERRNO("mbind of %zu bytes", size);
	return pool->policy.is_strict ? -1 : 0;
}

/*
 * The first pages of all huge pages would be on the same few nodes. With n
 * nodes that take turns, page p of a file is on node p mod n of them (from some
 * node on): the seed of huge page k of the file is one whose turn is k mod n.
 * Of stripes each file has pages of its own. Weighted turns are not known here,
 * and a hash spreads the seeds over them.
 */
size_t
vmm_policy_seed(const struct vmm_pool *pool, size_t first)
{
	size_t huge = pool->huge_page_size / pool->page_size;
	size_t n = pool->policy.n_turns;
	size_t k;

	first = vmm_stripes_find(pool, first, first + huge).offset /
		pool->page_size;
	k = first / huge;
	if (pool->policy.is_weighted)
		return (k * 0x9e3779b1u >> 12) % huge;
	return n == 0 ? 0 : (k % n + n - first % n) % n;
}
