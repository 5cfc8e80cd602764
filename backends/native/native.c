/* SPDX-License-Identifier: BSD-3-Clause */
/* The native heap backend (page-granular until the slabs are in). */
#include "config.h"

#include "vmmalloc/backend.h"

#include <errno.h>
#include <string.h>

static const struct vmmalloc_host *host;

static int
native_init(const struct vmmalloc_host *the_host, struct vmmalloc_backend *self)
{
	(void)self;
	host = the_host;
	return 0;
}

static void *
native_memalign(size_t alignment, size_t size)
{
	size_t page = host->page_size;
	size_t head = alignment > 16 ? (alignment > page ? alignment : page) : 16;
	size_t total;
	char *p;

	if (__builtin_add_overflow(size, head + page - 1, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	total &= ~(page - 1);
	p = host->extent_alloc(NULL, total, alignment, 0, NULL);
	if (p == NULL)
		return NULL;
	((size_t *)(void *)(p + head))[-1] = total;
	((size_t *)(void *)(p + head))[-2] = head;
	return p + head;
}

static void *
native_malloc(size_t size)
{
	return native_memalign(16, size);
}

static size_t
native_usable_size(void *ptr)
{
	size_t *p = ptr;

	return p[-1] - p[-2];
}

static void
native_free(void *ptr)
{
	size_t *p = ptr;

	host->extent_free((char *)ptr - p[-2], p[-1]);
}

static void *
native_calloc(size_t n, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	p = native_malloc(bytes);
	return p != NULL ? memset(p, 0, bytes) : NULL;
}

static void *
native_realloc(void *ptr, size_t size)
{
	size_t old = native_usable_size(ptr);
	void *p;

	if (size <= old)
		return ptr;
	p = native_malloc(size);
	if (p == NULL)
		return NULL;
	memcpy(p, ptr, old);
	native_free(ptr);
	return p;
}

__attribute__((visibility("default"))) const struct vmmalloc_backend
	vmmalloc_backend = {
		.struct_size = sizeof(vmmalloc_backend),
		.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
		.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
		.name = "native",
		.version = PACKAGE_VERSION,
		.init = native_init,
		.malloc = native_malloc,
		.free = native_free,
		.calloc = native_calloc,
		.realloc = native_realloc,
		.memalign = native_memalign,
		.usable_size = native_usable_size,
	};
