/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pointers to functions that the platform calls, read-only once the
 * library is live.
 */
#ifndef VMM_SEALED_H
#define VMM_SEALED_H

#include "base/seal.h"
#include "base/unwind.h"

#include <stddef.h>
#include <time.h>

struct vmmalloc_backend;

/* jemalloc registers one, tcmalloc two. */
#define VMM_OS_ATFORK_MAX 16

struct vmm_os_atfork_handlers {
	void (*prepare)(void);
	void (*parent)(void);
	void (*child)(void);
};

struct vmm_os_sealed {
	/*
	 * Functions of the C library outside of its interface, which
	 * vmm_os_process_init looks up in its own handle. NULL until
	 * then, and if there is no such function.
	 */
	int (*clock)(clockid_t clock, struct timespec *now);
	int (*clone)(
		int (*run)(void *arg), void *stack, int flags, void *arg, ...);
	int (*register_atfork)(void (*prepare)(void), void (*parent)(void),
		void (*child)(void), void *dso_handle);
	/* glibc's list of open streams, and its lock */
	void (*list_lock)(void);
	void (*list_unlock)(void);
	void **list_all;

	/* os/thread.c: called when a thread ends, and when it starts */
	void (*thread_ends)(void *arg);
	const struct vmmalloc_backend *thread_backend;

	struct vmm_unwinder unwinder; /* os/linux_unwind.c */

	/* os/atfork.c: the handlers of the backend's library */
	struct vmm_os_atfork_handlers atfork[VMM_OS_ATFORK_MAX];
	size_t n_atfork;
};

extern struct vmm_os_sealed vmm_os_sealed __attribute__((visibility("hidden")));

#endif /* VMM_SEALED_H */
