/* SPDX-License-Identifier: BSD-3-Clause */
/* Telling the backend that a thread ends. */
#ifndef VMM_THREAD_H
#define VMM_THREAD_H

/* exit_hook(arg) is called for each attached thread. Once, before threads. */
void vmm_thread_init(void (*exit_hook)(void *arg));

/* Watches the calling thread; 0, or -1. Does not allocate. Thread-safe. */
int vmm_thread_attach(void *arg);

#endif /* VMM_THREAD_H */
