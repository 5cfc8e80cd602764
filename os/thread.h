/* SPDX-License-Identifier: BSD-3-Clause */
/* Tells the backend when a thread is made, and when it ends. */
#ifndef VMM_THREAD_H
#define VMM_THREAD_H

#include <stdbool.h>

struct vmmalloc_backend;

/*
 * Makes the key by which threads are watched. To be called once, with the pool:
 * the earlier it is made, the fewer keys of the program come before it. Does
 * not allocate.
 */
void vmm_thread_make_key(void);

/*
 * Sets the function that is called for each attached thread when it ends. To be
 * called before any thread attaches.
 */
void vmm_thread_set_hook(void (*exit_hook)(void *arg));

/*
 * Watches the calling thread: exit_hook(arg) is called when it ends. 0, or -1
 * if it cannot be watched: there is no key or no memory, or this call comes
 * from inside another one, because the C library allocates in order to watch
 * the thread. Thread-safe.
 */
int vmm_thread_attach(void *arg);

/*
 * From now on tells the backend of new threads, if it has slots for that. To be
 * called before the page of pointers is made read-only.
 */
void vmm_thread_set_backend(const struct vmmalloc_backend *backend);

/*
 * For pthread_create: whether the backend wants to be told of new threads, and
 * its slots, which vmmalloc/backend.h describes. Thread-safe.
 */
bool vmm_thread_is_told(void);
int vmm_thread_reserve(void **reserved);
void vmm_thread_unreserve(void *reserved);
void vmm_thread_start(void *reserved);

#endif /* VMM_THREAD_H */
