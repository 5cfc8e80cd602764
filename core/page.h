/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The statistics page, which other processes read (vmmalloc/page.h). It is
 * ordinary data of the library: no system call makes it, a child of fork has
 * its own, and only those who may trace the process can read or write it. What
 * is in `request` is not to be trusted.
 *
 * No allocation and no lock here: unless a function says otherwise, its caller
 * holds the lock around the pool.
 */
#ifndef VMM_PAGE_H
#define VMM_PAGE_H

#include "vmmalloc/page.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct vmm_parts;
struct vmmalloc_backend;

extern struct vmmalloc_page vmm_page __attribute__((visibility("hidden")));

/* There is a pool, in these parts, of this process. */
void vmm_page_start(const struct vmm_parts *parts, pid_t process);

/* The backend is live. */
void vmm_page_go_live(const struct vmmalloc_backend *backend, int fork_mode);

/* Copies the counts of all parts. */
void vmm_page_update(const struct vmm_parts *parts);

/*
 * Without the lock: whether another process wants the bytes in blocks to be
 * counted; and the answer.
 */
static inline bool
vmm_page_wants_sample(void)
{
	return __builtin_expect(
		__atomic_load_n(&vmm_page.sample, __ATOMIC_RELAXED) !=
			__atomic_load_n(&vmm_page.sampled, __ATOMIC_RELAXED),
		0);
}
void vmm_page_set_sample(uint64_t sample, uint64_t allocated);

/* Without the lock: the process has forked this often. */
void vmm_page_set_forks(uint64_t forks);

/*
 * In a child of fork, which has one thread: the page is that of this process,
 * which was made at this time, and has no request.
 */
void vmm_page_forked(pid_t process, uint64_t now_ms);

/* Without the lock: whether there is a request that has no answer. */
static inline bool
vmm_page_has_request(void)
{
	return __builtin_expect(
		__atomic_load_n(&vmm_page.request, __ATOMIC_RELAXED) !=
			__atomic_load_n(&vmm_page.answered, __ATOMIC_RELAXED),
		0);
}

/*
 * Without the lock: makes this thread the only one that answers, and stores the
 * request. False if another thread answers, or there is none. It must be ended
 * by one of the other two: with an answer, or without one until later.
 */
bool vmm_page_begin_answer(uint64_t *request);
void vmm_page_end_answer(uint64_t request, int result);
void vmm_page_defer_answer(void);

/* Within an answer: a report, which must stay until the next one. */
void vmm_page_set_report(const char *text, uint64_t size);

#endif /* VMM_PAGE_H */
