/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The background thread (VMMALLOC_BACKGROUND=1): returns free memory while the
 * program makes no calls. malloc starts it once the pool has changed, and it
 * ends when the pool has not changed for a while and what is free has been
 * returned. So a program that sleeps has no more threads than its own, a child
 * of fork gets its thread with its own first changes, and a process whose
 * threads have all ended can end.
 */
#ifndef VMM_BACKGROUND_H
#define VMM_BACKGROUND_H

#include <stddef.h>

struct vmm_config;
struct vmm_next_table;
struct vmmalloc_backend;

/*
 * To be called once, before the backend is live, with the tables, which must be
 * complete.
 */
void vmm_background_init(const struct vmm_config *config,
	const struct vmmalloc_backend *backend,
	const struct vmm_next_table *next);

/*
 * The entry of malloc for the table in ops.h: the backend's or, if the thread
 * is wanted, one that also starts it. There the thread can be created, which
 * allocates: the caller is in no function of the heap.
 */
void *(*vmm_background_malloc(void))(size_t size);

#endif /* VMM_BACKGROUND_H */
