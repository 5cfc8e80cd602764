/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In a program that links an allocator of its own, malloc is the pool's, and
 * blocks that the program gets from its allocator by name (mallocx, tc_malloc,
 * mi_malloc) can still be passed to free, realloc and malloc_usable_size. Run
 * under LD_PRELOAD.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma weak vmmalloc_host_get

#define BLOCKS 1000

typedef void *allocate_function(size_t size);
typedef void *allocate_with_flags_function(size_t size, int flags);
typedef int control_function(const char *name, void *oldp, size_t *oldlenp,
	void *newp, size_t newlen);

#define CHECK(condition)                                              \
	((condition) ? (void)0                                        \
		     : (fprintf(stderr, "line %d: not so: %s (%m)\n", \
				__LINE__, #condition),                \
			       _Exit(1)))

static allocate_function *allocate;
static allocate_with_flags_function *allocate_with_flags;
static int flags;

/*
 * Finds the allocator that the program is linked with; NULL if there is none.
 */
static const char *
find_allocator(void)
{
	/* libvmmalloc has mallocx, too */
	if (dlsym(RTLD_DEFAULT, "mallctl") != NULL)
		allocate_with_flags = (allocate_with_flags_function *)dlsym(
			RTLD_DEFAULT, "mallocx");
	if (allocate_with_flags != NULL)
		return "mallocx";
	allocate = (allocate_function *)dlsym(RTLD_DEFAULT, "tc_malloc");
	if (allocate != NULL)
		return "tc_malloc";
	allocate = (allocate_function *)dlsym(RTLD_DEFAULT, "mi_malloc");
	return allocate != NULL ? "mi_malloc" : NULL;
}

static void
use(void)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	char *own[BLOCKS];

	for (size_t i = 0; i < BLOCKS; i++) {
		size_t size = (size_t)1 << i % 20;
		char *ptr = (char *)malloc(size);

		CHECK(ptr != NULL);
		CHECK((uintptr_t)ptr - (uintptr_t)host->pool_base <
			host->pool_size);
		memset(ptr, 1, size);
		own[i] = (char *)(allocate != NULL
				? allocate(size)
				: allocate_with_flags(size, flags));
		CHECK(own[i] != NULL);
		memset(own[i], 2, size);
		CHECK(malloc_usable_size(own[i]) >= size);
		free(ptr);
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		size_t size = (size_t)1 << i % 20;

		if (i % 2 == 0) {
			own[i] = (char *)realloc(own[i], size * 2);
			CHECK(own[i] != NULL && own[i][size - 1] == 2);
		}
		free(own[i]);
	}
}

/* Creates an arena without going through libvmmalloc. */
static void
make_arena(void)
{
	control_function *control =
		(control_function *)dlsym(RTLD_DEFAULT, "mallctl");
	unsigned int arena;
	size_t size = sizeof(arena);

	CHECK(control != NULL);
	CHECK(control("arenas.create", &arena, &size, NULL, 0) == 0);
	/* MALLOCX_ARENA(arena) | MALLOCX_TCACHE_NONE */
	flags = (int)((arena + 1) << 20) | 1 << 8;
	use();
}

int
main(void)
{
	const char *name = find_allocator();

	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	CHECK(name != NULL);
	use();
	if (allocate_with_flags != NULL)
		make_arena();
	return 0;
}
