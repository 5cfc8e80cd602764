/* SPDX-License-Identifier: BSD-3-Clause */
/* Telling the backend that a thread ends. */
#ifndef VMM_THREAD_H
#define VMM_THREAD_H

/* Makes the key. Once, with the pool: before other libraries make many. */
void vmm_thread_init(void);

/* exit_hook(arg) is called for each attached thread that ends. */
void vmm_thread_set_hook(void (*exit_hook)(void *arg));

/*
 * Watches the calling thread; 0, or -1: then the hook is not called for it, and
 * the backend has to do without. -1 also if the thread is being attached at
 * this moment: the C library may allocate for it. Thread-safe.
 */
int vmm_thread_attach(void *arg);

#endif /* VMM_THREAD_H */
