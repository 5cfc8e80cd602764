/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc/backend.h - the interface between libvmmalloc and a heap backend
 *
 * A backend is a shared object NAME.so that exports one object,
 *
 *	const struct vmmalloc_backend vmmalloc_backend = { ... };
 *
 * libvmmalloc loads it with dlopen(RTLD_NOW | RTLD_LOCAL), copies the table,
 * calls init once and from then on sends the program's allocations to it.
 *
 * Both structs below start with their size and the ABI version and only ever
 * grow at the end: a plugin built against an older header works with a newer
 * libvmmalloc. A plugin built against a newer header works with an older
 * libvmmalloc if it does not need what is missing there. A different ABI major
 * is refused.
 */
#ifndef VMMALLOC_BACKEND_H
#define VMMALLOC_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VMMALLOC_BACKEND_ABI_MAJOR 1
#define VMMALLOC_BACKEND_ABI_MINOR 1

/* The name of the object that a plugin exports. */
#define VMMALLOC_BACKEND_SYMBOL "vmmalloc_backend"

/* Flags of vmmalloc_host.extent_alloc. */
#define VMMALLOC_EXTENT_ZERO 1u	    /* the extent must read as zeroes */
#define VMMALLOC_EXTENT_NOCOMMIT 2u /* address space only: commit() later */
#define VMMALLOC_EXTENT_GROWING 4u  /* a hint: the extent may grow */

/*
 * The functions that the core offers to a backend. Only the core maps, commits,
 * purges or unmaps pool memory. All functions are thread-safe and may be called
 * before init as well (see vmmalloc_host_get); none of them allocates through
 * malloc. None may be called from a signal handler, or between the backend's
 * fork_prepare and its fork_parent or fork_child.
 */
struct vmmalloc_host {
	uint32_t struct_size; /* sizeof(struct vmmalloc_host) in the core */
	uint16_t abi_major;
	uint16_t abi_minor;

	void *pool_base;       /* start of the mapping; huge page aligned */
	size_t pool_size;      /* bytes, a multiple of page_size */
	size_t page_size;      /* bytes; smallest unit of the pool */
	size_t huge_page_size; /* bytes; 2 MiB by default */

	/*
	 * Allocates an extent of size bytes (a multiple of page_size) from the
	 * pool. It is committed unless flags has VMMALLOC_EXTENT_NOCOMMIT.
	 * alignment is a power of two, in bytes; 0 means page_size. addr is
	 * NULL, or the address at which the extent must start (alignment is
	 * then ignored): an extent grows in place by allocating what follows
	 * it, which is more likely to be free with VMMALLOC_EXTENT_GROWING. If
	 * is_zero is not NULL, *is_zero says whether all of the extent reads as
	 * zeroes. Returns NULL with errno ENOMEM if there is no such extent or
	 * no memory to commit it.
	 */
	void *(*extent_alloc)(void *addr, size_t size, size_t alignment,
		unsigned int flags, bool *is_zero);

	/*
	 * Frees [addr, addr + size), any page-aligned part of one or of several
	 * adjacent extents. Cannot fail. The contents are lost. Keeps errno.
	 */
	void (*extent_free)(void *addr, size_t size);

	/*
	 * Commits [addr, addr + size), which is page-aligned and inside extents
	 * of the backend. 0, or -1 with errno ENOMEM. Memory that was committed
	 * before is not changed.
	 */
	int (*commit)(void *addr, size_t size);

	/*
	 * Releases the memory behind [addr, addr + size) to the file system,
	 * but keeps the extent. The range must be committed again before it is
	 * touched, and then reads as zeroes. 0, or -1 if the pool cannot do
	 * this, at least for a part of the range: the pages that were not
	 * released are then unchanged and stay committed.
	 */
	int (*purge)(void *addr, size_t size);

	/*
	 * Asks for the backend's thread_exit(arg) when the calling thread ends.
	 * There is one arg per thread; a second call replaces the first. 0, or
	 * -1 if the thread cannot be watched. The C library may allocate during
	 * the call: a nested call from inside that allocation returns -1.
	 */
	int (*thread_attach)(void *arg);

	/*
	 * Lets the core purge memory that has been free for a while. Cheap; for
	 * slow paths of backends that seldom call extent_alloc or extent_free,
	 * which do the same. Keeps errno.
	 */
	void (*tick)(void);

	/*
	 * Writes one line to the log, at a level from 1 (errors) to 4 (every
	 * call). Does nothing in the release variant.
	 */
	void (*log)(int level, const char *text);

	/*
	 * Prints "Error (libvmmalloc): TEXT" and ends the process: with exit
	 * status 127 if the program has not started yet, otherwise with
	 * abort(). For broken heaps and configurations that are refused, not
	 * for exhaustion.
	 */
	void (*fatal)(const char *text);

	/*
	 * Milliseconds of a monotonic clock, with a granularity of some of
	 * them. Costs no system call, and never calls a clock_gettime that a
	 * program or another preloaded library put in the place of the C
	 * library's: that one may allocate. Since ABI 1.1.
	 */
	uint64_t (*clock_ms)(void);

	/*
	 * For slow paths of the malloc family, at least once in some
	 * milliseconds of a busy thread: the core answers what vmmalloc-ctl(1)
	 * has requested, and may call the backend's purge and stats for that.
	 * So the calling thread must hold no lock of the backend. A backend
	 * that calls it does so for the first time in init; for others the core
	 * looks for requests in calloc, realloc and memalign, which costs four
	 * loads. Keeps errno. Since ABI 1.1.
	 */
	void (*poll)(void);
};

/* Statistics of a backend's heap; filled by vmmalloc_backend.stats. */
struct vmmalloc_backend_stats {
	uint32_t struct_size;
	uint32_t reserved;
	uint64_t allocated; /* bytes in blocks of the program, size classes'
			       rounding included */
	uint64_t active;    /* bytes of extents with such blocks in them */
	uint64_t metadata;  /* bytes of metadata, in the pool or outside */
};

/*
 * The table of a backend. "Mandatory" slots must be set; the others may be
 * NULL. Calls of the malloc family arrive directly from the program's threads,
 * without any lock of the core. The core has handled these cases before the
 * call: NULL and pointers of other origin (free, realloc and usable_size see
 * only pointers that this backend returned), realloc to size 0, and alignments
 * that are not powers of two.
 */
struct vmmalloc_backend {
	uint32_t struct_size; /* sizeof(struct vmmalloc_backend) */
	uint16_t abi_major;   /* VMMALLOC_BACKEND_ABI_MAJOR */
	uint16_t abi_minor;   /* VMMALLOC_BACKEND_ABI_MINOR */

	const char *name;    /* mandatory: the NAME of NAME.so */
	const char *version; /* mandatory: version of the plugin */

	/*
	 * Mandatory. Called once, before main, on the thread that loads
	 * libvmmalloc. host stays valid for the life of the process. self is
	 * the core's writable copy of this table: init may replace function
	 * slots, for example by functions of a library that it found with
	 * dlsym. 0, or -1 with a reason in errno; it is better to call
	 * host->fatal with a text that helps the user.
	 */
	int (*init)(const struct vmmalloc_host *host,
		struct vmmalloc_backend *self);

	/*
	 * Mandatory. Blocks are aligned to 16 bytes, or to size rounded up to a
	 * power of two if that is less. malloc(0) returns a block of its own.
	 * NULL with errno ENOMEM if there is no memory, and for sizes over
	 * PTRDIFF_MAX; calloc checks nmemb * size for overflow. free keeps
	 * errno. realloc gets a ptr from this backend and a size that is not 0.
	 * memalign gets a power of two.
	 */
	void *(*malloc)(size_t size);
	void (*free)(void *ptr);
	void *(*calloc)(size_t nmemb, size_t size);
	void *(*realloc)(void *ptr, size_t size);
	void *(*memalign)(size_t alignment, size_t size);
	size_t (*usable_size)(void *ptr);

	/*
	 * Optional; each "NULL:" is what the core does without it. purge, stats
	 * and ctl may be called by any thread, also concurrently.
	 */

	/* The smallest pool, in bytes, in which this backend starts. 0: any. */
	uint64_t min_pool;

	/* The allocator's own version, "5.3.0"; after init. NULL: version. */
	const char *(*library_version)(void);

	/* free, with the size that was asked for as a hint. NULL: free. */
	void (*free_sized)(void *ptr, size_t size);

	/*
	 * Called when the thread that called host->thread_attach(arg) ends.
	 * NULL: nothing.
	 */
	void (*thread_exit)(void *arg);

	/*
	 * Called around fork(), on the thread that forks: prepare acquires the
	 * backend's locks, parent and child release them. None of them may
	 * allocate. Not called in a process that has had only one thread. NULL:
	 * nothing (right for a library with pthread_atfork of its own, which
	 * must then be loaded by or after init).
	 */
	void (*fork_prepare)(void);
	void (*fork_parent)(void);
	void (*fork_child)(void);

	/*
	 * Returns unused memory to the core (malloc_trim). True if there was
	 * any. NULL: false.
	 */
	bool (*purge)(void);

	/* Fills what fits in stats->struct_size. 0 or -1. NULL: -1. */
	int (*stats)(struct vmmalloc_backend_stats *stats);

	/*
	 * The allocator's own controls, as in mallctl(3): 0 or an errno value.
	 * NULL: ENOENT.
	 */
	int (*ctl)(const char *name, void *oldp, size_t *oldlenp, void *newp,
		size_t newlen);

	/*
	 * Since ABI 1.1. Called around pthread_create, so that a thread never
	 * exists without what the heap needs for it. All three slots or none;
	 * NULL: nothing is called.
	 *
	 * thread_reserve is called on the creating thread. It sets memory
	 * aside, and stores any value in *reserved to find it again. 0, or -1
	 * if there is no memory: no thread is made then, and pthread_create
	 * returns EAGAIN. After 0 one of the other two is called with the same
	 * value: thread_start on the new thread, before any code of the
	 * program, or thread_unreserve on the creating thread if no thread was
	 * made. Neither is called in the child of a fork that happened in
	 * between.
	 *
	 * Threads that are made in other ways, as by thrd_create, and those
	 * made before init has returned, are not reported.
	 */
	int (*thread_reserve)(void **reserved);
	void (*thread_unreserve)(void *reserved);
	void (*thread_start)(void *reserved);
	/*
	 * Since ABI 1.1. What usable_size would return for a block that
	 * memalign(alignment, size) would return, or malloc(size) if alignment
	 * is 1, without allocating it. 0 if no pool can have such a block.
	 * NULL: size.
	 */
	size_t (*good_size)(size_t alignment, size_t size);
};

/*
 * The host, for libraries that allocate while the plugin is being loaded, that
 * is, before init. Exported by libvmmalloc; a plugin that can be loaded without
 * libvmmalloc declares it weak. NULL until the pool is mapped.
 */
const struct vmmalloc_host *vmmalloc_host_get(void);

#ifdef __cplusplus
}
#endif

#endif /* VMMALLOC_BACKEND_H */
