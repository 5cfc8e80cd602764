/* SPDX-License-Identifier: BSD-3-Clause */
/* Creating the pool; see create.h. */
#include "config.h"

#include "core/create.h"

#include "core/bootstrap.h"
#include "core/commit.h"
#include "core/env.h"
#include "core/fork.h"
#include "core/host.h"
#include "base/log.h"
#include "base/place.h"
#include "core/pool.h"
#include "core/room.h"
#include "os/thread.h"
#include "libvmmalloc.h"
#include "os/process.h"

#include <errno.h>

/*
 * Address space for what is allocated before the backend is live, as a part of
 * the pool; the rest is for the backend. cmake, the largest user seen, takes
 * 216 KiB, so an eighth of the smallest pool is ample.
 */
#define BOOTSTRAP_SHIFT 3

/* Prints the original's text, and then what to change. */
_Noreturn static void
refuse_pool(const struct vmm_config *config, const char *why)
{
	size_t limit = vmm_os_address_limit();

	if (why == NULL && (errno == ENODEV || errno == EINVAL))
		vmm_fatal(
			"vmem pool creation failed: %s (%s %.300s: files there "
			"cannot be mapped for writing)",
			vmm_os_strerror(errno), VMMALLOC_POOL_DIR_VAR,
			config->pool_dir);
	if (why == NULL)
		why = vmm_os_strerror(errno);
	if (errno == ENOMEM && limit != SIZE_MAX)
		vmm_fatal(
			"vmem pool creation failed: %s (%s %zu bytes, but the "
			"limit on address space, ulimit -v, is %zu bytes)",
			why, VMMALLOC_POOL_SIZE_VAR, config->pool_size, limit);
	if (errno == EFBIG || errno == ENOMEM)
		vmm_fatal("vmem pool creation failed: %s (%s %zu bytes)", why,
			VMMALLOC_POOL_SIZE_VAR, config->pool_size);
	vmm_fatal("vmem pool creation failed: %s (%s %.300s)", why,
		VMMALLOC_POOL_DIR_VAR, config->pool_dir);
}

/* The limit of the process; unused without VMMALLOC_LIMIT. */
static struct vmm_budget budget;

static void
set_limit(const struct vmm_config *config, struct vmm_pool *pool)
{
	if (config->limit == VMM_LIMIT_NONE)
		return;
	budget.is_group = config->limit == VMM_LIMIT_GROUP;
	budget.max =
		budget.is_group ? SIZE_MAX : config->limit / pool->page_size;
	pool->budget = &budget;
	if (config->must_prealloc && config->limit < pool->size)
		vmm_fatal("vmem pool creation failed: %s is less than all of "
			  "it (%s=1, %s %zu bytes)",
			VMMALLOC_LIMIT_VAR, VMMALLOC_PREALLOC_VAR,
			VMMALLOC_POOL_SIZE_VAR, pool->size);
}

/*
 * Refuses a pool in memory if all of it is to be backed now and there is too
 * little: the kernel would end processes to make room.
 */
static void
check_memory(const struct vmm_config *config, const struct vmm_pool *pool)
{
	uint64_t available;

	if (!config->must_prealloc ||
		vmm_os_policy_room(&pool->policy, &available) != 0 ||
		available >= pool->size)
		return;
	vmm_fatal("vmem pool creation failed: %s (%s %zu bytes, free in %.300s "
		  "%llu bytes)",
		vmm_os_strerror(ENOMEM), VMMALLOC_POOL_SIZE_VAR, pool->size,
		config->pool_dir, (unsigned long long)available);
}

/*
 * Refuses a pool that can never be filled, as the original did. What is free at
 * this moment does not matter, unless all of it is needed now: a program with a
 * well-filled pool starts others, which need little.
 */
static void
check_space(const struct vmm_config *config, struct vmm_pool *pool)
{
	uint64_t total, available;

	if (pool->is_lazy) {
		check_memory(config, pool);
		return;
	}
	if (pool->is_device ||
		vmm_os_file_space(&pool->file, &total, &available) != 0)
		return;
	pool->room = available;
	if (total >= pool->size &&
		(!config->must_prealloc || available >= pool->size))
		return;
	vmm_fatal("vmem pool creation failed: %s (%s %zu bytes, %s %.300s %llu "
		  "bytes)",
		vmm_os_strerror(ENOSPC), VMMALLOC_POOL_SIZE_VAR, pool->size,
		config->must_prealloc ? "free in" : "in all of",
		config->pool_dir,
		(unsigned long long)(config->must_prealloc ? available
							   : total));
}

/* Commits all of the pool, for the life of the process. */
static void
prealloc(struct vmm_pool *pool)
{
	pool->is_lazy = false;
	if (vmm_pool_commit_all(pool) != 0)
		vmm_fatal("vmem pool creation failed: no room for all of it "
			  "(%s=1, %s %zu bytes)",
			VMMALLOC_PREALLOC_VAR, VMMALLOC_POOL_SIZE_VAR,
			pool->size);
	pool->is_preallocated = true;
}

static int
open_pool(const struct vmm_config *config, struct vmm_pool *pool,
	char *tmp_name, size_t size, const char **why)
{
	struct vmm_os_policy policy;
	struct vmm_place place;

	vmm_place_parse(&place, config->pool_dir);
	if (place.kind == VMM_PLACE_PATH)
		return vmm_pool_create(pool, config->pool_dir,
			config->pool_size, tmp_name, size, why);
	tmp_name[0] = '\0';
	policy = vmm_os_policy_of(&place);
	return vmm_pool_create_in_memory(pool, &policy, config->pool_size, why);
}

void
vmm_create_pool(struct vmm_config *config, struct vmm_pool *pool,
	const struct vmmalloc_backend *backend)
{
	char tmp_name[PATH_MAX];
	const char *why;
	size_t end;

	vmm_log_init();
	vmm_env_read(config);
	VMM_LOG(3, "dir \"%s\" size %zu", config->pool_dir, config->pool_size);
	if (open_pool(config, pool, tmp_name, sizeof(tmp_name), &why) != 0)
		refuse_pool(config, why);
	config->pool_size = pool->size; /* whole pages, as the report says */
	if (tmp_name[0] != '\0')
		VMM_LOG(3, "unlinked file is \"%s\"", tmp_name);
	check_space(config, pool);
	set_limit(config, pool);
	if (config->huge_pages == VMM_HUGE_PAGES_NEVER) {
		pool->wants_huge = false;
		pool->may_use_huge_pages = false;
	}
	pool->huge.is_timed = config->huge_pages == VMM_HUGE_PAGES_IF_FAST;
	if (config->must_prealloc)
		prealloc(pool);
	vmm_host_init(pool);
	end = pool->pages >> BOOTSTRAP_SHIFT;
	vmm_bootstrap_init(pool->base, pool->base + end * pool->page_size,
		vmm_host_commit_bootstrap);
	/*
	 * These two are called here, not in our constructor, because libraries
	 * that the program links have their constructors before ours. Their
	 * prepare handlers for fork must run before ours acquires the locks,
	 * and only the first 32 thread keys are set without an allocation. musl
	 * allocates its entry for the handlers.
	 */
	vmm_thread_make_key();
	if (vmm_fork_init(pool, config, backend) != 0)
		vmm_fatal("cannot register fork handlers");
}
