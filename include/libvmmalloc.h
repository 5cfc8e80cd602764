/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libvmmalloc.h - the public face of libvmmalloc
 *
 * Including this header is optional: a program gets its memory from the pool
 * by being started with LD_PRELOAD=libvmmalloc.so.1, or by being linked with
 * -lvmmalloc, and by the environment variables named here. See libvmmalloc(7).
 */
#ifndef LIBVMMALLOC_H
#define LIBVMMALLOC_H 1

#ifdef __cplusplus
extern "C" {
#endif

#define VMMALLOC_MAJOR_VERSION 1
#define VMMALLOC_MINOR_VERSION 2

/* Smallest pool, in bytes. */
#define VMMALLOC_MIN_POOL ((size_t)(1024 * 1024 * 14))

/* Environment variables. */
#define VMMALLOC_POOL_DIR_VAR "VMMALLOC_POOL_DIR"
#define VMMALLOC_POOL_SIZE_VAR "VMMALLOC_POOL_SIZE"
#define VMMALLOC_FORK_VAR "VMMALLOC_FORK"
#define VMMALLOC_BACKEND_VAR "VMMALLOC_BACKEND"
#define VMMALLOC_BACKEND_PATH_VAR "VMMALLOC_BACKEND_PATH"
#define VMMALLOC_STATS_FILE_VAR "VMMALLOC_STATS_FILE"

#ifdef __cplusplus
}
#endif

#endif /* LIBVMMALLOC_H */
