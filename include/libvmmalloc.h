/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libvmmalloc.h - the public face of libvmmalloc
 *
 * Including this header is optional: a program gets its memory from the pool
 * by being started with LD_PRELOAD=libvmmalloc.so.1, or by being linked with
 * -lvmmalloc, and by the environment variables named here. See libvmmalloc(7).
 * As the header of libvmmalloc 1.1 it declares the functions of the malloc
 * family.
 */
#ifndef LIBVMMALLOC_H
#define LIBVMMALLOC_H 1

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#ifdef __FreeBSD__
#include <malloc_np.h>
#else
#include <malloc.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Of the malloc family what the C library's headers leave out: cfree since
 * glibc 2.26, pvalloc in others than glibc, and in C what the standard that the
 * program is compiled by does not have.
 */
#if !defined(__GLIBC__) || __GLIBC__ > 2 || __GLIBC_MINOR__ >= 26
void cfree(void *ptr);
#endif
#ifndef __GLIBC__
void *pvalloc(size_t size);
#endif
#ifndef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **memptr, size_t alignment, size_t size);
#pragma GCC diagnostic pop
#endif

#define VMMALLOC_MAJOR_VERSION 1
#define VMMALLOC_MINOR_VERSION 2

/* Smallest pool, in bytes. */
#define VMMALLOC_MIN_POOL ((size_t)(1024 * 1024 * 14))

/* Environment variables. */
#define VMMALLOC_POOL_DIR_VAR "VMMALLOC_POOL_DIR"
#define VMMALLOC_POOL_SIZE_VAR "VMMALLOC_POOL_SIZE"
#define VMMALLOC_FORK_VAR "VMMALLOC_FORK"
#define VMMALLOC_FORK_RETURN_VAR "VMMALLOC_FORK_RETURN"
#define VMMALLOC_BACKEND_VAR "VMMALLOC_BACKEND"
#define VMMALLOC_BACKEND_PATH_VAR "VMMALLOC_BACKEND_PATH"
#define VMMALLOC_STATS_FILE_VAR "VMMALLOC_STATS_FILE"
#define VMMALLOC_PREALLOC_VAR "VMMALLOC_PREALLOC"
#define VMMALLOC_HUGE_PAGES_VAR "VMMALLOC_HUGE_PAGES"

/* These have an effect in the debug variant only. */
#define VMMALLOC_LOG_LEVEL_VAR "VMMALLOC_LOG_LEVEL"
#define VMMALLOC_LOG_FILE_VAR "VMMALLOC_LOG_FILE"
#define VMMALLOC_LOG_STATS_VAR "VMMALLOC_LOG_STATS"

/*
 * The functions below are thread-safe, and may be called in a forked child, but
 * not from a signal handler.
 */

/*
 * Whether the library has this version of the interface: NULL, or a text that
 * says what is wrong and stays valid.
 */
const char *vmmalloc_check_version(
	unsigned int major_required, unsigned int minor_required);

/* The pool and the heap at one moment. Sizes are in bytes. */
struct vmmalloc_stats {
	uint32_t struct_size; /* set by the caller: sizeof(the struct) */
	uint32_t forks;	      /* of this process */
	uint64_t pool_size;
	uint64_t committed; /* of the pool, with storage */
	uint64_t committed_peak;
	uint64_t purged;    /* ever given back to the file system */
	uint64_t free;	    /* of the pool, not given to the backend */
	uint64_t bootstrap; /* in blocks from before the backend was live */
	uint64_t allocated; /* in blocks; UINT64_MAX: the backend cannot say */
	uint64_t commit_calls;
	uint64_t purge_calls;
};

/*
 * Fills as much of *stats as stats->struct_size says. 0, or -1 with EINVAL
 * where that is less than the first field or the library is not live.
 */
int vmmalloc_get_stats(struct vmmalloc_stats *stats);

/*
 * Reads, writes or runs the control called name, as mallctl(3): *oldp and
 * *oldlenp get the old value where oldp is not NULL; newp and newlen are the
 * new one where newp is not NULL. Names that begin with "vmmalloc." are the
 * core's (see libvmmalloc(3)), all others go to the backend. 0, or an errno
 * value: ENOENT no such control, EPERM it cannot be written, EINVAL a size that
 * does not fit, EAGAIN the library is not live yet.
 */
int vmmalloc_ctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen);

#ifdef __cplusplus
}
#endif

#endif /* LIBVMMALLOC_H */
