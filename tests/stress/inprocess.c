/* SPDX-License-Identifier: BSD-3-Clause */
/* The heap without interposition; see inprocess.h. */
#include "config.h"

#include "tests/stress/inprocess.h"

#include "base/checked.h"
#include "core/host.h"
#include "core/plugin_table.h"
#include "core/parts.h"
#include "core/pool.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>

/* The plugin's only symbol. */
extern const struct vmmalloc_backend vmmalloc_backend;

static struct vmm_pool pool;
static struct vmm_parts parts;
static struct vmmalloc_host table;
static struct vmmalloc_backend backend;
static struct vmmalloc_host host;
static pthread_key_t key;

/*
 * The core calls this after all other destructors of a thread have run. So do
 * the thread sanitizers of gcc 12 and clang 14, whose functions crash
 * afterwards: so here it runs at once.
 */
static void
thread_ends(void *arg)
{
	backend.thread_exit(arg);
}

static int
thread_attach(void *arg)
{
	return pthread_setspecific(key, arg) == 0 ? 0 : -1;
}

/* The cases that interpose/ handles before a backend is called. */
static void
heap_free(void *ptr)
{
	if (ptr != NULL)
		backend.free(ptr);
}

static void
heap_free_sized(void *ptr, size_t size)
{
	(void)size;
	heap_free(ptr);
}

static void *
heap_realloc(void *ptr, size_t size)
{
	if (ptr == NULL)
		return backend.malloc(size);
	if (size != 0)
		return backend.realloc(ptr, size);
	backend.free(ptr);
	return NULL;
}

static void *
heap_memalign(size_t alignment, size_t size)
{
	if (size > PTRDIFF_MAX - alignment) {
		errno = ENOMEM;
		return NULL;
	}
	return backend.memalign(alignment, size);
}

static int
heap_posix_memalign(void **to, size_t alignment, size_t size)
{
	void *ptr;

	if (!vmm_is_power_of_two(alignment) || alignment % sizeof(void *) != 0)
		return EINVAL;
	ptr = heap_memalign(alignment, size);
	if (ptr == NULL)
		return ENOMEM;
	*to = ptr;
	return 0;
}

static int
heap_trim(size_t pad)
{
	bool was_any = backend.purge();

	(void)pad;
	return vmm_host_trim(1) || was_any;
}

void
inprocess_init(struct model_heap *heap, const char *dir, size_t size)
{
	char name[PATH_MAX];
	char why[256] = "";
	const char *pool_why = NULL;

	if (vmm_pool_create(&pool, dir, size, NULL, name, sizeof(name),
		    &pool_why) != 0) {
		perror(pool_why != NULL ? pool_why : dir);
		MODEL_CHECK(!"a pool can be made");
	}
	vmm_parts_add(&parts, &pool);
	vmm_host_init(&parts, &table);
	vmm_host_add_rest(parts.base);
	MODEL_CHECK(vmm_plugin_read_table(&backend, &vmmalloc_backend, why,
			    sizeof(why)) == 0);
	MODEL_CHECK(pthread_key_create(&key, thread_ends) == 0);
	host = *vmmalloc_host_get();
	host.thread_attach = thread_attach;
	MODEL_CHECK(backend.init(&host, &backend) == 0);
	*heap = (struct model_heap){
		.base = pool.base,
		.size = pool.size,
		.malloc = backend.malloc,
		.free = heap_free,
		.calloc = backend.calloc,
		.realloc = heap_realloc,
		.memalign = heap_memalign,
		.aligned_alloc = heap_memalign,
		.posix_memalign = heap_posix_memalign,
		.usable_size = backend.usable_size,
		.free_sized = heap_free_sized,
		.trim = heap_trim,
	};
}

void
inprocess_check_empty(void)
{
	struct vmmalloc_backend_stats stats = {
		.struct_size = sizeof(stats),
	};

	MODEL_CHECK(backend.stats(&stats) == 0);
	MODEL_CHECK(stats.allocated == 0);
}
