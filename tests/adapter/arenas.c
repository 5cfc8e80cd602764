/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arenas that the program creates with vmmalloc_ctl lie in the pool, are reset
 * and destroyed without losing any of it, and cannot be given hooks that would
 * get memory from elsewhere. Run under LD_PRELOAD with the backend jemalloc;
 * the argument is the number of MiB that an arena may keep when it is
 * destroyed.
 */
#include "config.h"

#include "libvmmalloc.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma weak vmmalloc_ctl
#pragma weak vmmalloc_get_stats
#pragma weak vmmalloc_host_get

#define ARENAS 12
#define BLOCKS 400

#define CHECK(condition)                                              \
	((condition) ? (void)0                                        \
		     : (fprintf(stderr, "line %d: not so: %s (%m)\n", \
				__LINE__, #condition),                \
			       _Exit(1)))

static unsigned int
get_arena(const char *name)
{
	unsigned int arena = UINT32_MAX;
	size_t size = sizeof(arena);

	CHECK(vmmalloc_ctl(name, &arena, &size, NULL, 0) == 0);
	return arena;
}

static void
set_arena(unsigned int arena)
{
	CHECK(vmmalloc_ctl("thread.arena", NULL, NULL, &arena, sizeof(arena)) ==
		0);
	/* fails if there is no cache */
	vmmalloc_ctl("thread.tcache.flush", NULL, NULL, NULL, 0);
}

/* Allocates from the thread's arena. */
static void
allocate(void)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	void *blocks[BLOCKS];

	for (int i = 0; i < BLOCKS; i++) {
		size_t size = (size_t)1 << i % 21;

		blocks[i] = malloc(size);
		CHECK(blocks[i] != NULL);
		CHECK((uintptr_t)blocks[i] - (uintptr_t)host->pool_base <
			host->pool_size);
		memset(blocks[i], 1, size);
	}
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

static uint64_t
pool_free(void)
{
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };

	CHECK(vmmalloc_get_stats(&stats) == 0);
	return stats.free;
}

/* Creates, uses and destroys an arena. */
static void
live(unsigned int home, const char *how)
{
	unsigned int arena = get_arena(how);
	char name[64];

	CHECK(arena != home);
	set_arena(arena);
	CHECK(get_arena("thread.arena") == arena);
	allocate();
	set_arena(home);
	snprintf(name, sizeof(name), "arena.%u.destroy", arena);
	CHECK(vmmalloc_ctl(name, NULL, NULL, NULL, 0) == 0);
}

int
main(int argc, char **argv)
{
	uint64_t kept = argc > 1 ? (uint64_t)atoi(argv[1]) << 20 : 0;
	void *hooks[9] = { NULL };
	void *pointer = hooks;
	uint64_t before = 0;
	unsigned int home;

	if (vmmalloc_ctl == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	home = get_arena("thread.arena");
	for (int i = 0; i < ARENAS; i++) {
		live(home, "arenas.create");
		if (i == 2)
			before = pool_free();
	}
	/* arena numbers, and with them metadata, are reused */
	CHECK(pool_free() + (ARENAS - 3) * kept >= before);
	CHECK(vmmalloc_ctl("arenas.create", NULL, NULL, &pointer,
		      sizeof(pointer)) == EPERM);
	CHECK(vmmalloc_ctl("arena.0.extent_hooks", NULL, NULL, &pointer,
		      sizeof(pointer)) == EPERM);
	allocate();
	return 0;
}
