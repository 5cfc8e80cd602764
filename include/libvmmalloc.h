/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libvmmalloc.h - the public interface of libvmmalloc
 *
 * To include this header is optional: a program gets its memory from the pool
 * if it is started with LD_PRELOAD=libvmmalloc.so.1, or is linked with
 * -lvmmalloc, and the environment variables named here are set. See
 * libvmmalloc(7). Like the header of libvmmalloc 1.1 it declares the functions
 * of the malloc family.
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
 * Functions of the malloc family that the C library's headers leave out: cfree
 * since glibc 2.26, pvalloc in C libraries other than glibc, and in C those
 * that the standard for which the program is compiled does not have.
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
#define VMMALLOC_TIERS_VAR "VMMALLOC_TIERS"
#define VMMALLOC_PLACEMENT_VAR "VMMALLOC_PLACEMENT"
#define VMMALLOC_POOL_POLICY_VAR "VMMALLOC_POOL_POLICY"
#define VMMALLOC_COMMIT_VAR "VMMALLOC_COMMIT"
#define VMMALLOC_LIMIT_VAR "VMMALLOC_LIMIT"
#define VMMALLOC_FORK_VAR "VMMALLOC_FORK"
#define VMMALLOC_FORK_RETURN_VAR "VMMALLOC_FORK_RETURN"
#define VMMALLOC_BACKEND_VAR "VMMALLOC_BACKEND"
#define VMMALLOC_BACKEND_PATH_VAR "VMMALLOC_BACKEND_PATH"
#define VMMALLOC_STATS_FILE_VAR "VMMALLOC_STATS_FILE"
#define VMMALLOC_PROFILE_VAR "VMMALLOC_PROFILE"
#define VMMALLOC_PROFILE_FILE_VAR "VMMALLOC_PROFILE_FILE"
#define VMMALLOC_BACKGROUND_VAR "VMMALLOC_BACKGROUND"
#define VMMALLOC_PREALLOC_VAR "VMMALLOC_PREALLOC"
#define VMMALLOC_HUGE_PAGES_VAR "VMMALLOC_HUGE_PAGES"

/* These have an effect in the debug variant only. */
#define VMMALLOC_LOG_LEVEL_VAR "VMMALLOC_LOG_LEVEL"
#define VMMALLOC_LOG_FILE_VAR "VMMALLOC_LOG_FILE"
#define VMMALLOC_LOG_STATS_VAR "VMMALLOC_LOG_STATS"

/*
 * The functions below are thread-safe and may be called in a forked child, but
 * not in a signal handler.
 */

/*
 * Checks that the library has this version of the interface: returns NULL, or a
 * text that says what is wrong and stays valid.
 */
const char *vmmalloc_check_version(
	unsigned int major_required, unsigned int minor_required);

/* The pool and the heap at one moment. Sizes are in bytes. */
struct vmmalloc_stats {
	uint32_t struct_size; /* set by the caller: sizeof(the struct) */
	uint32_t forks;	      /* that this process has made */
	uint64_t pool_size;
	uint64_t committed; /* of the pool, backed by memory */
	uint64_t committed_peak;
	uint64_t purged;    /* total returned to the file system so far */
	uint64_t free;	    /* of the pool, in no extent of the backend */
	uint64_t bootstrap; /* in blocks from before the backend was live */
	uint64_t allocated; /* in blocks; UINT64_MAX: the backend cannot say */
	uint64_t commit_calls;
	uint64_t purge_calls;
};

/*
 * Fills the first stats->struct_size bytes of *stats, as far as the library
 * knows the fields. 0, or -1 with errno EINVAL if that is less than the first
 * field or the library is not live yet.
 */
int vmmalloc_get_stats(struct vmmalloc_stats *stats);

/*
 * Reads, writes or runs the control called name, as mallctl(3) does. If oldp is
 * not NULL, *oldp gets the old value; *oldlenp is the size of that buffer in
 * bytes and then of the value. If newp is not NULL, it points to the new value,
 * of newlen bytes. Names that begin with "vmmalloc." are the core's (see
 * libvmmalloc(3)); all others go to the backend. Returns 0 or an errno value:
 * ENOENT if there is no such control, EPERM if it cannot be written, EINVAL if
 * a size does not fit, EAGAIN if the library is not live yet.
 */
int vmmalloc_ctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen);

#ifdef __cplusplus
}
#endif

#endif /* LIBVMMALLOC_H */
