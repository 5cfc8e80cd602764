/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting up. The first allocation of the process maps the pool and is served
 * from the bootstrap region; our constructor loads the backend and makes it
 * live. Nothing is torn down at exit: late calls still work.
 */
#include "config.h"

#include "core/init.h"

#include "core/atfork.h"
#include "core/bootstrap.h"
#include "core/commit.h"
#include "core/env.h"
#include "core/fork.h"
#include "core/host.h"
#include "core/log.h"
#include "core/ops.h"
#include "core/os.h"
#include "core/plugin.h"
#include "core/pool.h"
#include "core/stats.h"
#include "core/thread.h"
#include "libvmmalloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>

/*
 * Address space for what is allocated before the backend is live, as a part of
 * the pool; what is left is the backend's. cmake, the largest user seen, takes
 * 216 KiB, so an eighth of the smallest pool is ample.
 */
#define BOOTSTRAP_SHIFT 3

static struct vmm_config config;
static struct vmm_pool pool;
static struct vmmalloc_backend backend;
static bool is_started;
static size_t bootstrap_end; /* first page of the heap, until it is live */

__attribute__((aligned(VMM_OPS_ALIGN))) union vmm_ops_page vmm_ops_page = {
	.ops = {
		.malloc = vmm_bootstrap_malloc,
		.free = vmm_bootstrap_free,
		.calloc = vmm_bootstrap_calloc,
		.realloc = vmm_bootstrap_realloc,
		.memalign = vmm_bootstrap_memalign,
		.usable_size = vmm_bootstrap_usable_size,
	},
};

/* A pool that cannot be filled is refused, as the original did. */
static void
check_space(void)
{
	unsigned long long space;

	if (!pool.is_device && vmm_os_file_space(pool.fd, &space) == 0 &&
		space < pool.size)
		vmm_fatal("vmem pool creation failed: %s (%s %zu bytes, free "
			  "in %.300s %llu bytes)",
			vmm_os_strerror(ENOSPC), VMMALLOC_POOL_SIZE_VAR,
			pool.size, config.pool_dir, space);
}

/* Storage for all of the pool, and for ever. */
static void
prealloc(void)
{
	if (vmm_pool_commit_all(&pool) != 0)
		vmm_fatal("vmem pool creation failed: no storage for all of "
			  "it (%s=1, %s %zu bytes)",
			VMMALLOC_PREALLOC_VAR, VMMALLOC_POOL_SIZE_VAR,
			pool.size);
	pool.can_punch = false;
}

/* The original's text, and then what to change. */
_Noreturn static void
refuse_pool(const char *why)
{
	if (why == NULL)
		why = vmm_os_strerror(errno);
	if (errno == EFBIG || errno == ENOMEM)
		vmm_fatal("vmem pool creation failed: %s (%s %zu bytes)", why,
			VMMALLOC_POOL_SIZE_VAR, config.pool_size);
	vmm_fatal("vmem pool creation failed: %s (%s %.300s)", why,
		VMMALLOC_POOL_DIR_VAR, config.pool_dir);
}

/* This thread maps the pool, and it can serve already. */
static _Thread_local bool is_mapping __attribute__((tls_model("initial-exec")));

static void
create_pool(void)
{
	char tmp_name[PATH_MAX];
	const char *why;

	vmm_log_init();
	vmm_env_read(&config);
	VMM_LOG(3, "dir \"%s\" size %zu", config.pool_dir, config.pool_size);
	if (vmm_pool_create(&pool, config.pool_dir, config.pool_size, tmp_name,
		    sizeof(tmp_name), &why) != 0)
		refuse_pool(why);
	if (tmp_name[0] != '\0')
		VMM_LOG(3, "unlinked file is \"%s\"", tmp_name);
	check_space();
	if (!config.may_use_huge_pages)
		pool.wants_huge = false;
	if (config.must_prealloc)
		prealloc();
	bootstrap_end = pool.pages >> BOOTSTRAP_SHIFT;
	vmm_host_init(&pool, bootstrap_end, pool.pages);
	vmm_bootstrap_init(pool.base,
		pool.base + bootstrap_end * pool.page_size,
		vmm_host_commit_bootstrap);
	/*
	 * Now, not in the constructor: libraries that the program links have
	 * their constructors before ours, and handlers of their own that must
	 * run before ours take the locks. musl allocates the record.
	 */
	is_mapping = true;
	if (vmm_fork_init(&pool, &config, &backend) != 0)
		vmm_fatal("cannot register fork handlers");
	is_mapping = false;
}

void
vmm_init_pool(void)
{
	enum { UNMAPPED, MAPPING, MAPPED };
	static int state;
	int seen = __atomic_load_n(&state, __ATOMIC_ACQUIRE);

	if (seen == MAPPED || is_mapping)
		return;
	if (seen == UNMAPPED &&
		__atomic_compare_exchange_n(&state, &seen, MAPPING, false,
			__ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		create_pool();
		__atomic_store_n(&state, MAPPED, __ATOMIC_RELEASE);
	}
	while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != MAPPED)
		sched_yield();
}

static void
free_ignoring_size(void *ptr, size_t size)
{
	(void)size;
	vmm_ops.free(ptr);
}

/* Sends the program's calls to the backend from here on. */
static void
go_live(void)
{
	char *start = vmm_bootstrap_finish(pool.page_size);
	size_t first = (size_t)(start - pool.base) / pool.page_size;
	struct vmm_ops_table *ops = &vmm_ops;

	vmm_host_init(&pool, first, bootstrap_end);
	/* other threads may be running: first what blocks need, then blocks */
	ops->free = backend.free;
	ops->free_sized = backend.free_sized != NULL ? backend.free_sized
						     : free_ignoring_size;
	ops->realloc = backend.realloc;
	ops->usable_size = backend.usable_size;
	ops->heap_base = (uintptr_t)start;
	__atomic_store_n(&ops->heap_size,
		(size_t)(pool.base + pool.size - start), __ATOMIC_RELEASE);
	__atomic_store_n(&ops->calloc, backend.calloc, __ATOMIC_RELEASE);
	__atomic_store_n(&ops->memalign, backend.memalign, __ATOMIC_RELEASE);
	__atomic_store_n(&ops->malloc, backend.malloc, __ATOMIC_RELEASE);
	if (pool.page_size <= VMM_OPS_ALIGN)
		mprotect(&vmm_ops_page, sizeof(vmm_ops_page), PROT_READ);
}

/* By the table: init may change the slot. */
static void
end_thread(void *arg)
{
	backend.thread_exit(arg);
}

__attribute__((constructor)) static void
start(void)
{
	vmm_init_pool();
	vmm_atfork_set_backend(true);
	vmm_plugin_load(&config, &backend);
	vmm_thread_init(end_thread);
	vmm_plugin_start(&config, vmmalloc_host_get(), &backend);
	vmm_atfork_set_backend(false);
	go_live();
	vmm_stats_init(&config, &backend);
	vmm_fatal_set_started();
	is_started = true;
	VMM_LOG(2, "initialization completed");
}

bool
vmm_is_started(void)
{
	return is_started;
}
