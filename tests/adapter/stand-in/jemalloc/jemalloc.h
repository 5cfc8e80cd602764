/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The header of a stand-in for old and for prefixed builds of jemalloc: all
 * names begin with old_, and it has only what the adapter uses. See
 * tests/adapter/stand-in/old_jemalloc.c.
 */
#ifndef JEMALLOC_H_
#define JEMALLOC_H_

#include <stdbool.h>
#include <stddef.h>

#define JEMALLOC_VERSION_MAJOR 5
#define JEMALLOC_VERSION_MINOR 0

#define MALLCTL_ARENAS_ALL 4096
#define MALLOCX_ARENA(arena) ((((int)(arena)) + 1) << 20)
#define MALLOCX_LG_ALIGN(lg) ((int)(lg))
#define MALLOCX_TCACHE_NONE (1 << 8)
#define MALLOCX_ZERO 0x40

#define je_aligned_alloc old_aligned_alloc
#define je_calloc old_calloc
#define je_dallocx old_dallocx
#define je_free old_free
#define je_mallctl old_mallctl
#define je_malloc old_malloc
#define je_malloc_conf old_malloc_conf
#define je_malloc_usable_size old_malloc_usable_size
#define je_mallocx old_mallocx
#define je_realloc old_realloc

typedef struct extent_hooks extent_hooks_t;

/* As in the real header, with the same parameters. */
struct extent_hooks {
	void *(*alloc)(extent_hooks_t *hooks, void *addr, size_t size,
		size_t alignment, bool *zero, bool *commit, unsigned int arena);
	bool (*dalloc)(extent_hooks_t *hooks, void *addr, size_t size,
		bool committed, unsigned int arena);
	void (*destroy)(extent_hooks_t *hooks, void *addr, size_t size,
		bool committed, unsigned int arena);
	bool (*commit)(extent_hooks_t *hooks, void *addr, size_t size,
		size_t offset, size_t length, unsigned int arena);
	bool (*decommit)(extent_hooks_t *hooks, void *addr, size_t size,
		size_t offset, size_t length, unsigned int arena);
	bool (*purge_lazy)(extent_hooks_t *hooks, void *addr, size_t size,
		size_t offset, size_t length, unsigned int arena);
	bool (*purge_forced)(extent_hooks_t *hooks, void *addr, size_t size,
		size_t offset, size_t length, unsigned int arena);
	bool (*split)(extent_hooks_t *hooks, void *addr, size_t size,
		size_t size_a, size_t size_b, bool committed,
		unsigned int arena);
	bool (*merge)(extent_hooks_t *hooks, void *addr_a, size_t size_a,
		void *addr_b, size_t size_b, bool committed,
		unsigned int arena);
};

extern const char *je_malloc_conf;
void *je_aligned_alloc(size_t alignment, size_t size);
void *je_calloc(size_t nmemb, size_t size);
void je_dallocx(void *ptr, int flags);
void je_free(void *ptr);
int je_mallctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen);
void *je_malloc(size_t size);
size_t je_malloc_usable_size(void *ptr);
void *je_mallocx(size_t size, int flags);
void *je_realloc(void *ptr, size_t size);

#endif /* JEMALLOC_H_ */
