/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock around the pool and its extents, the last one that a thread
 * acquires. A thread that commits or purges works under it: it releases the
 * lock while the kernel works, and holds it again afterwards (pause, resume). A
 * thread that must not find any such work in flight, such as one that forks,
 * holds the lock exclusively: new work waits until it is released.
 *
 * Of our own, with a futex: the C library's functions may be those of a library
 * that allocates in them. Nothing here is a cancellation point or allocates.
 */
#ifndef VMM_LOCK_H
#define VMM_LOCK_H

#include <stdbool.h>

void vmm_lock_acquire(void);
void vmm_lock_release(void);

/* Around work, that is, what may commit or purge; try fails rather than wait.
 */
void vmm_lock_begin_work(void);
bool vmm_lock_try_begin_work(void);
void vmm_lock_end_work(void);

/* Within work: around a system call that takes long. */
void vmm_lock_pause_work(void);
void vmm_lock_resume_work(void);

/* Within work: releases the lock until another thread has resumed its own. */
void vmm_lock_wait(void);

/* Once no work is in flight. */
void vmm_lock_acquire_exclusive(void);
void vmm_lock_release_exclusive(void);

/* In a forked child, with the lock held exclusively: no other thread exists. */
void vmm_lock_forget_threads(void);

/* Whether the calling thread holds the lock: a signal handler may ask. */
bool vmm_lock_is_mine(void);

#endif /* VMM_LOCK_H */
