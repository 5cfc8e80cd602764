/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the jemalloc adapter. Everything here is called while the
 * plugin starts, on one thread, unless it says otherwise.
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

/* jemalloc's own, in bytes: where kernels differ, that of the largest. */
extern size_t vmm_jemalloc_page_size;

/*
 * Finds the functions above and those of the table. Returns NULL, or the name
 * of what the library does not have.
 */
const char *vmm_jemalloc_find(struct vmmalloc_backend *self);

/*
 * Drops the line that jemalloc writes to stderr if there is no memory for a
 * thread's cache: a full pool is no news. Other messages stay.
 */
void vmm_jemalloc_drop_messages(void);

/*
 * The value of a control; fallback where this version of jemalloc has no such
 * control. Thread-safe.
 */
bool vmm_jemalloc_get_bool(const char *name, bool fallback);
size_t vmm_jemalloc_get_size(const char *name, size_t fallback);
unsigned int vmm_jemalloc_get_unsigned(const char *name, unsigned int fallback);

/* Gives all that arenas cache back to the core. Thread-safe. */
void vmm_jemalloc_purge_arenas(void);

/* The slot ctl: mallctl, but arenas cannot be given hooks of their own. */
int vmm_jemalloc_ctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen);

/*
 * Where the memory of a hooked arena comes from. While METADATA, arenas are
 * being made: their first block of records is ordinary memory, all else comes
 * from the pool. While DRAIN, there is no memory but such records. While
 * TCACHE, what the pool is asked for is for this thread's cache.
 */
enum vmm_jemalloc_source {
	VMM_JEMALLOC_POOL,
	VMM_JEMALLOC_METADATA,
	VMM_JEMALLOC_DRAIN,
	VMM_JEMALLOC_TCACHE,
};

extern extent_hooks_t vmm_jemalloc_hooks;

/* Reserves ordinary memory for the first records of n arenas. */
void vmm_jemalloc_reserve_metadata(unsigned int n);
void vmm_jemalloc_set_source(enum vmm_jemalloc_source source);

/* Whether arenas keep the extents that they free: opt.retain. Thread-safe. */
bool vmm_jemalloc_is_retaining(void);

/* Bytes that arenas have given back so far. Thread-safe. */
size_t vmm_jemalloc_freed_bytes(void);

/*
 * Returns what arenas cache to the core, because the pool is full; true if that
 * was anything. Thread-safe.
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
 * that was reserved for it; or a spare one, for a thread for which
 * none was. NULL otherwise. Thread-safe.
 */
void *vmm_jemalloc_tcache_reserved(
	size_t size, bool *zero, bool *commit, unsigned int arena);
void *vmm_jemalloc_tcache_spare(
	size_t size, bool *zero, bool *commit, unsigned int arena);

/* The calling thread takes no spare extent from here on. Thread-safe. */
void vmm_jemalloc_tcache_is_there(void);

/* Makes a freed extent a spare one; false if that is not wanted. Thread-safe.
 */
bool vmm_jemalloc_tcache_keep(void *extent, size_t size);

/* The slots thread_reserve, thread_unreserve and thread_start. Thread-safe. */
int vmm_jemalloc_thread_reserve(void **reserved);
void vmm_jemalloc_thread_unreserve(void *reserved);
void vmm_jemalloc_thread_start(void *reserved);

/* Puts all arenas on the pool; the process ends where that cannot be. */
void vmm_jemalloc_hook_arenas(void);

/*
 * Replaces calloc in the table where this version does not clear what it uses
 * again. After the arenas are on the pool.
 */
void vmm_jemalloc_check_calloc(struct vmmalloc_backend *self);

#endif /* VMM_JEMALLOC_INTERNAL_H */
