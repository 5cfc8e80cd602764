/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The order of fork handlers. Handlers that prepare for fork run in the reverse
 * order of their registration, and must be able to allocate until those of the
 * heap have run. So the core's are registered before all others, and those that
 * the library of a backend registers while it is loaded are kept here. The
 * core's handlers call them, however many others were registered before the
 * library was loaded.
 *
 * No allocation here.
 */
#ifndef VMM_ATFORK_H
#define VMM_ATFORK_H

#include <stdbool.h>

/*
 * Sets whether handlers that this thread registers from now on are the
 * backend's.
 */
void vmm_atfork_set_backend(bool is_backend);

/*
 * As glibc's __register_atfork, which pthread_atfork calls. 0 or an errno
 * value.
 */
int vmm_atfork_register(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle);

/* Call the backend's handlers, prepare in reverse order. */
void vmm_atfork_prepare(void);
void vmm_atfork_parent(void);
void vmm_atfork_child(void);

#endif /* VMM_ATFORK_H */
