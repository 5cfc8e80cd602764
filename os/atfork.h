/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The order of fork handlers. Those that prepare for fork run in the reverse
 * order of their registration, and must be able to allocate until the heap's
 * own are called: the core's are registered before all others, and those that
 * the library of a backend registers while it is loaded are kept here, for the
 * core's to call, however many were registered before it was loaded.
 *
 * No allocation here.
 */
#ifndef VMM_ATFORK_H
#define VMM_ATFORK_H

#include <stdbool.h>

/* Whether what this thread registers is the backend's from now on. */
void vmm_atfork_set_backend(bool is_backend);

/* As glibc's __register_atfork: what pthread_atfork calls. 0 or an errno. */
int vmm_atfork_register(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle);

/* Call the backend's. */
void vmm_atfork_prepare(void);
void vmm_atfork_parent(void);
void vmm_atfork_child(void);

#endif /* VMM_ATFORK_H */
