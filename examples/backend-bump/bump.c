/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest backend that works: allocates the pool from its start to its end
 * and never reuses a block. doc/writing-a-backend.md walks through it.
 */
#include <vmmalloc/backend.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

/* The size of the header before each block; blocks are aligned to 16 bytes. */
#define HEADER ((size_t)16)

static const struct vmmalloc_host *host;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *next, *end; /* what is not yet allocated */

static size_t *
header_of(void *block)
{
	return (size_t *)((char *)block - HEADER);
}

/* Makes end - next at least this many bytes. The caller holds the lock. */
static bool
make_room(size_t bytes)
{
	size_t step = host->huge_page_size; /* not a call for each block */
	size_t size = (bytes + step - 1) & -step;
	char *extent;

	extent = host->extent_alloc(NULL, size, 0, VMMALLOC_EXTENT_ZERO, NULL);
	if (extent == NULL)
		return false;
	if (extent != end) /* otherwise it continues what we have */
		next = extent;
	end = extent + size;
	return true;
}

static void *
bump_memalign(size_t alignment, size_t size)
{
	char *block = NULL;
	size_t need;

	if (alignment < HEADER)
		alignment = HEADER;
	if (size > host->pool_size || alignment > host->pool_size) {
		errno = ENOMEM;
		return NULL;
	}
	need = HEADER + alignment - 1 + size; /* at worst */
	pthread_mutex_lock(&lock);
	if (need <= (size_t)(end - next) || make_room(need)) {
		block = next + HEADER;
		block += -(uintptr_t)block & (alignment - 1);
		*header_of(block) = size;
		next = block + size;
	}
	pthread_mutex_unlock(&lock);
	if (block == NULL)
		errno = ENOMEM;
	return block;
}

static void *
bump_malloc(size_t size)
{
	return bump_memalign(HEADER, size);
}

static void
bump_free(void *ptr)
{
	(void)ptr;
}

static void *
bump_calloc(size_t nmemb, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(nmemb, size, &total))
		total = SIZE_MAX;
	return bump_malloc(total); /* zeroed: no block was there before */
}

static size_t
bump_usable_size(void *ptr)
{
	return *header_of(ptr);
}

static void *
bump_realloc(void *ptr, size_t size)
{
	size_t old = bump_usable_size(ptr);
	void *block = size <= old ? ptr : bump_malloc(size);

	return block == NULL || block == ptr ? block : memcpy(block, ptr, old);
}

static int
bump_init(const struct vmmalloc_host *the_host, struct vmmalloc_backend *self)
{
	(void)self;
	host = the_host;
	return 0;
}

static void
bump_fork_prepare(void)
{
	pthread_mutex_lock(&lock);
}

static void
bump_fork_done(void)
{
	pthread_mutex_unlock(&lock);
}

__attribute__((visibility("default")))
const struct vmmalloc_backend vmmalloc_backend = {
	.struct_size = sizeof(vmmalloc_backend),
	.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
	.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
	.name = "bump",	  /* as in bump.so */
	.version = "1.0", /* ours */
	.init = bump_init,
	.malloc = bump_malloc,
	.free = bump_free,
	.calloc = bump_calloc,
	.realloc = bump_realloc,
	.memalign = bump_memalign,
	.usable_size = bump_usable_size,
	.min_pool = 0,		 /* the smallest pool will do */
	.library_version = NULL, /* no library: it is the plugin's version */
	.free_sized = NULL,	 /* the size is of no use here */
	.thread_exit = NULL,	 /* threads keep nothing of their own */
	.fork_prepare = bump_fork_prepare,
	.fork_parent = bump_fork_done,
	.fork_child = bump_fork_done,
	.purge = NULL, /* there is no unused memory to return */
	.stats = NULL, /* the pool's own statistics must do */
	.ctl = NULL,   /* no controls */
};
