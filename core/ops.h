/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table behind the exported malloc family, and the other pointers through
 * which the library calls functions of others. All of them lie on pages that
 * are made read-only once the backend is live (base/seal.h). The table starts
 * out serving the bootstrap region.
 */
#ifndef VMM_OPS_H
#define VMM_OPS_H

#include "base/seal.h"
#include "vmmalloc/backend.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vmm_ops_table {
	/* The first cache line: all that malloc, free and realloc read. */
	void *(*malloc)(size_t size);
	void (*free)(void *ptr);

	/*
	 * Pointers p with p - heap_base < heap_size are the backend's. There
	 * are none until it is live: heap_size is then 0.
	 */
	uintptr_t heap_base;
	size_t heap_size;
	void (*free_sized)(void *ptr, size_t size);
	void *(*realloc)(void *ptr, size_t size);
	void *(*calloc)(size_t nmemb, size_t size);
	void *(*memalign)(size_t alignment, size_t size);

	size_t (*usable_size)(void *ptr);
	size_t (*good_size)(size_t alignment, size_t size);
};

/*
 * Functions of the next library, normally libc. A constructor looks them up
 * before the backend is live, and syscall is looked up with the pool; NULL
 * until then, and if there is none. Code that may run earlier calls vmm_next
 * itself.
 */
struct vmm_next_table {
	void *(*calloc)(size_t nmemb, size_t size);
	int (*clone)(int (*run)(void *), void *stack, int flags, void *arg,
		pid_t *parent_tid, void *tls, pid_t *child_tid);
	void *(*dlopen)(const char *file, int mode);
	pid_t (*fork)(void);
	pid_t (*fork_raw)(void); /* _Fork */
	void (*free)(void *ptr);
	void *(*mallocx)(size_t size, int flags);
	size_t (*nallocx)(size_t size, int flags);
	int (*pthread_create)(pthread_t *thread, const pthread_attr_t *attr,
		void *(*start)(void *), void *arg);
	int (*pthread_setspecific)(pthread_key_t key, const void *value);
	long (*syscall)(long n, long a, long b, long c, long d, long e, long f);
	size_t (*usable_size)(void *ptr);
};

struct vmm_ops_page {
	struct vmm_ops_table ops __attribute__((aligned(64)));
	struct vmm_next_table next;
	struct vmmalloc_backend backend;
	struct vmmalloc_host host;
	void (*serve)(bool is_outside); /* core/control.h */
};

/* Hidden, so that the compiler knows: its address need not be looked up. */
extern struct vmm_ops_page vmm_ops_page __attribute__((visibility("hidden")));
#define vmm_ops (vmm_ops_page.ops)
#define vmm_next_ops (vmm_ops_page.next)

static inline bool
vmm_ops_owns(const void *ptr)
{
	return (uintptr_t)ptr - vmm_ops.heap_base < vmm_ops.heap_size;
}

#endif /* VMM_OPS_H */
