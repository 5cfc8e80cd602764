/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For tests: what glibc's headers declare and those of other C libraries do
 * not. These functions are then libvmmalloc's own, and missing without it.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "libvmmalloc.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef HAVE_MALLINFO
#pragma weak malloc_trim
#pragma weak pvalloc
int malloc_trim(size_t pad);
void *pvalloc(size_t size);
#endif

#ifndef RTLD_DEEPBIND
#define RTLD_DEEPBIND 0
#endif

/*
 * Whether functions in .preinit_array run, and whether dlclose unloads. musl
 * does neither.
 */
#ifdef __GLIBC__
#define TEST_HAS_PREINIT true
#define TEST_HAS_DLCLOSE true
#else
#define TEST_HAS_PREINIT false
#define TEST_HAS_DLCLOSE false
#endif

/*
 * Committed bytes of the pool, in a program that has a pool: mallinfo2().arena
 * if that exists.
 */
#pragma weak vmmalloc_get_stats
static inline size_t
test_committed(void)
{
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };

	return vmmalloc_get_stats(&stats) == 0 ? (size_t)stats.committed : 0;
}

/* close_range(2) of everything from fd on; glibc has it since 2.34. */
static inline int
test_close_from(unsigned int fd)
{
	return (int)syscall(SYS_close_range, fd, ~0u, 0);
}

#endif /* PLATFORM_H */
