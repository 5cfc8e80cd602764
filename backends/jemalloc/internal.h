/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the jemalloc adapter. Unless stated otherwise, everything here
 * is called on one thread, while the plugin starts.
 */
#ifndef VMM_JEMALLOC_INTERNAL_H
#define VMM_JEMALLOC_INTERNAL_H

#include "vmmalloc/backend.h"

/* je_NAME: a macro for the name that this build of jemalloc exports */
#define JEMALLOC_NO_DEMANGLE
#include <jemalloc/jemalloc.h>

#include <stdbool.h>
#include <stddef.h>

/* jemalloc's own functions beside the malloc family. Thread-safe. */
struct vmm_jemalloc {
	int (*mallctl)(const char *name, void *oldp, size_t *oldlenp,
		void *newp, size_t newlen);
	void *(*mallocx)(size_t size, int flags);
	void (*dallocx)(void *ptr, int flags);
	void *(*realloc)(void *ptr, size_t size);
	size_t (*nallocx)(size_t size, int flags); /* or NULL */
};

extern struct vmm_jemalloc vmm_jemalloc;
extern const struct vmmalloc_host *vmm_jemalloc_host;

/*
 * The page size that jemalloc was built for, in bytes: if the machine's kernels
 * have different ones, the largest.
 */
extern size_t vmm_jemalloc_page_size;

/*
 * Finds the functions above and those of the table. Returns NULL, or the name
 * of a function that the library does not have.
 */
const char *vmm_jemalloc_find(struct vmmalloc_backend *self);

/*
 * Drops the line that jemalloc writes to stderr if there is no memory for a
 * thread's cache: a full pool is a normal condition. Other messages are still
 * written.
 */
void vmm_jemalloc_drop_messages(void);

/* The library's version, such as 5.3.0. */
const char *vmm_jemalloc_version(void);

/*
 * The value of a control; fallback if this version of jemalloc has no such
 * control. Thread-safe.
 */
bool vmm_jemalloc_get_bool(const char *name, bool fallback);
size_t vmm_jemalloc_get_size(const char *name, size_t fallback);
unsigned int vmm_jemalloc_get_unsigned(const char *name, unsigned int fallback);

/* Makes the arenas return all that they cache to the core. Thread-safe. */
void vmm_jemalloc_purge_arenas(void);

/* The slot ctl: mallctl, but arenas cannot be given hooks of their own. */
int vmm_jemalloc_ctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen);

/*
 * The source of a hooked arena's memory. METADATA: arenas are being
 * created; their first block of metadata is ordinary memory, and everything
 * else comes from the pool. DRAIN: there is no memory but such metadata.
 * TCACHE: what is requested from the pool is for this thread's cache.
 */
enum vmm_jemalloc_source {
	VMM_JEMALLOC_POOL,
	VMM_JEMALLOC_METADATA,
	VMM_JEMALLOC_DRAIN,
	VMM_JEMALLOC_TCACHE,
};

extern extent_hooks_t vmm_jemalloc_hooks;

/* Reserves ordinary memory for the first metadata of n arenas. */
void vmm_jemalloc_reserve_metadata(unsigned int n);
void vmm_jemalloc_set_source(enum vmm_jemalloc_source source);

/* Whether arenas keep the extents that they free: opt.retain. Thread-safe. */
bool vmm_jemalloc_is_retaining(void);

/* Bytes that arenas have returned to the core so far. Thread-safe. */
size_t vmm_jemalloc_freed_bytes(void);

/*
 * Makes the arenas return what they cache to the core, because the pool is
 * full; true if there was anything. Thread-safe.
 */
bool vmm_jemalloc_purge_for_room(void);

/* The slot fork_child. */
void vmm_jemalloc_fork_child(void);

/*
 * Memory for threads' caches, in tcaches.c. learn notes the size of the extent
 * that a cache takes; init, on the same thread, fills the spares.
 */
void vmm_jemalloc_tcache_learn(size_t size);
void vmm_jemalloc_tcache_init(void);

/*
 * Memory for a request that may be for the calling thread's cache: the extent
 * that was reserved for it; or a spare one, for a thread that does not have its
 * cache yet. NULL otherwise. Thread-safe.
 */
void *vmm_jemalloc_tcache_reserved(
	size_t size, bool *zero, bool *commit, unsigned int arena);
void *vmm_jemalloc_tcache_spare(
	size_t size, bool *zero, bool *commit, unsigned int arena);

/* The calling thread takes no spare extent from here on. Thread-safe. */
void vmm_jemalloc_tcache_is_there(void);

/* Keeps a freed extent as a spare; false if none is needed. Thread-safe. */
bool vmm_jemalloc_tcache_keep(void *extent, size_t size);

/* The slots thread_reserve, thread_unreserve and thread_start. Thread-safe. */
int vmm_jemalloc_thread_reserve(void **reserved);
void vmm_jemalloc_thread_unreserve(void *reserved);
void vmm_jemalloc_thread_start(void *reserved);

/* Puts all arenas on the pool; ends the process if that is not possible. */
void vmm_jemalloc_hook_arenas(void);

/*
 * Replaces calloc in the table if this version does not clear memory that it
 * reuses. To be called when the arenas are on the pool.
 */
void vmm_jemalloc_check_calloc(struct vmmalloc_backend *self);

#endif /* VMM_JEMALLOC_INTERNAL_H */
