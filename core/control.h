/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests that other processes make through the statistics page: purge, start
 * the peak again, make a report. The request is a number that a process wrote
 * that may trace this one; nothing else is taken from the page, least of all a
 * path: a report is made in memory, and whoever asked fetches it there.
 *
 * There is no thread and no signal for this: requests are answered on slow
 * paths of the heap. No allocation here.
 */
#ifndef VMM_CONTROL_H
#define VMM_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

struct vmmalloc_backend;

/*
 * Answers the request in the page, if there is one. May only be called without
 * the lock around the pool. is_outside says that the calling thread holds no
 * lock of the backend either, so that its functions may be called. Otherwise
 * requests that need them wait until it is; if that takes long and the backend
 * does not poll, they are carried out without. Keeps errno. Thread-safe.
 *
 * A call with is_outside before the backend is live says that it will poll.
 */
void vmm_control_poll(bool is_outside);

/*
 * The functions for the live table: those of the backend or, if it does not
 * poll, ours, which look for a request and then call them.
 */
void *(*vmm_control_calloc(const struct vmmalloc_backend *backend))(
	size_t nmemb, size_t size);
void *(*vmm_control_realloc(const struct vmmalloc_backend *backend))(
	void *ptr, size_t size);
void *(*vmm_control_memalign(const struct vmmalloc_backend *backend))(
	size_t alignment, size_t size);

#endif /* VMM_CONTROL_H */
