/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small backend that tests/plugin/abi.sh compiles many times, each time with
 * one property that differs from the header. It hands out one extent and never
 * reuses memory.
 */
#include <vmmalloc/backend.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *next, *end;

static void *
plugin_memalign(size_t alignment, size_t size)
{
	char *block;

	if (alignment < 16)
		alignment = 16;
	if (size > (size_t)(end - next) ||
		16 + alignment > (size_t)(end - next) - size) {
		errno = ENOMEM;
		return NULL;
	}
	block = next + 16;
	block += -(uintptr_t)block & (alignment - 1);
	memcpy(block - 16, &size, sizeof(size));
	next = block + size;
	return block;
}

static void *
plugin_malloc(size_t size)
{
	return plugin_memalign(16, size);
}

static void
plugin_free(void *ptr)
{
	(void)ptr;
}

static size_t
plugin_usable_size(void *ptr)
{
	size_t size;

	memcpy(&size, (char *)ptr - 16, sizeof(size));
	return size;
}

static void *
plugin_calloc(size_t nmemb, size_t size)
{
	return plugin_malloc(nmemb * size);
}

static void *
plugin_realloc(void *ptr, size_t size)
{
	void *block = plugin_malloc(size);
	size_t old = plugin_usable_size(ptr);

	return block != NULL ? memcpy(block, ptr, old < size ? old : size)
			     : NULL;
}

#ifdef REPLACES
#include <unistd.h>

/* Tells the test program by an exit status that nothing else uses. */
static void
replaced_thread_exit(void *arg)
{
	(void)arg;
	_exit(42);
}

static const struct vmmalloc_host *the_host;

static void *
attaching_malloc(size_t size)
{
	static _Thread_local bool is_attached
		__attribute__((tls_model("initial-exec")));

	if (!is_attached)
		is_attached = the_host->thread_attach(&the_host) == 0;
	return plugin_malloc(size);
}
#endif

static int
plugin_init(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	size_t size = (host->pool_size / 4) & -host->page_size;

	(void)self;
#ifdef INIT_FAILS
	errno = ENOSPC;
	return -1;
#endif
#ifdef INIT_FATAL
	host->fatal("this plugin says why");
#endif
#ifdef INIT_RECURSES
	self->free = free;
#endif
#ifdef INIT_EMPTIES
	self->calloc = NULL;
#endif
#ifdef REPLACES
	the_host = host;
	self->malloc = attaching_malloc;
	self->thread_exit = replaced_thread_exit;
	self->library_version = NULL;
	self->fork_prepare = NULL;
	self->purge = NULL;
	self->stats = NULL;
	self->ctl = NULL;
#endif
#ifdef INIT_FREES_TWICE
	next = host->extent_alloc(NULL, 4 * host->page_size, 0, 0, NULL);
	host->extent_free(next, 4 * host->page_size);
	host->extent_free(next + host->page_size, host->page_size);
#endif
	next = host->extent_alloc(NULL, size, 0, VMMALLOC_EXTENT_ZERO, NULL);
	end = next != NULL ? next + size : NULL;
	return next != NULL ? 0 : -1;
}

#ifdef UNDEFINED
void no_such_function(void);
#endif

/* A slot after the end of the table: must never be called. */
static int
trap(struct vmmalloc_backend_stats *stats)
{
	(void)stats;
	abort();
}

#ifndef STRUCT_SIZE
#define STRUCT_SIZE sizeof(struct vmmalloc_backend)
#endif
#ifndef MAJOR
#define MAJOR VMMALLOC_BACKEND_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR VMMALLOC_BACKEND_ABI_MINOR
#endif
#ifndef MALLOC
#define MALLOC plugin_malloc
#endif
#ifndef VERSION
#define VERSION "7.8"
#endif
#ifndef CALLOC
#define CALLOC plugin_calloc
#endif
#ifndef MIN_POOL
#define MIN_POOL 0
#endif

#define TABLE                                                               \
	{                                                                   \
		.struct_size = STRUCT_SIZE, .abi_major = MAJOR,             \
		.abi_minor = MINOR, .name = "plugin", .version = VERSION,   \
		.init = plugin_init, .malloc = MALLOC, .free = plugin_free, \
		.calloc = CALLOC, .realloc = plugin_realloc,                \
		.memalign = plugin_memalign,                                \
		.usable_size = plugin_usable_size, .min_pool = MIN_POOL,    \
		.stats = BEHIND_END,                                        \
	}

#ifdef SMALLER
#define BEHIND_END trap
#else
#define BEHIND_END NULL
#endif

#ifdef LARGER
/* The struct of a later header: as ours, with more slots after it. */
const struct {
	struct vmmalloc_backend known;
	int (*more[8])(struct vmmalloc_backend_stats *);
} vmmalloc_backend = { .known = TABLE, .more = { trap, trap } };
#elif defined(OTHER_SYMBOL)
const struct vmmalloc_backend other_backend = TABLE;
#else
const struct vmmalloc_backend vmmalloc_backend = TABLE;
#endif

#ifdef UNDEFINED
void (*const reference)(void) = no_such_function;
#endif
int (*const is_used)(struct vmmalloc_backend_stats *) = trap;
