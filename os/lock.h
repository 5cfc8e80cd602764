/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock around the pool and its extents, the last one that a thread
 * acquires. What commits or purges is "work". The thread begins work with the
 * lock held, releases the lock while the kernel works (pause), and acquires it
 * again afterwards (resume). A thread that must not find work in flight, such
 * as one that forks, acquires the lock exclusively: it waits until all work in
 * flight has ended, and new work waits until it releases the lock.
 *
 * The lock is our own, with a futex: another library may replace the C
 * library's functions, and allocate in them. Nothing here allocates or is a
 * cancellation point.
 */
#ifndef VMM_LOCK_H
#define VMM_LOCK_H

#include <stdbool.h>

void vmm_lock_acquire(void);
void vmm_lock_release(void);

/*
 * Around work, that is, what may commit or purge: begin acquires the lock, end
 * releases it. try returns false, without the lock, if it would block.
 */
void vmm_lock_begin_work(void);
bool vmm_lock_try_begin_work(void);
void vmm_lock_end_work(void);

/*
 * Within work, around a system call that takes long: pause releases the lock,
 * resume acquires it again.
 */
void vmm_lock_pause_work(void);
void vmm_lock_resume_work(void);

/*
 * Within work: releases the lock, sleeps until another thread resumes its work,
 * and acquires the lock again. May return earlier, and for other reasons.
 */
void vmm_lock_wait(void);

/*
 * Acquires the lock, and waits until no work is in flight. New work waits until
 * the lock is released.
 */
void vmm_lock_acquire_exclusive(void);
void vmm_lock_release_exclusive(void);

/*
 * In a forked child, if the thread that forked held the lock exclusively: the
 * child has no other threads, and its only one holds the lock exclusively.
 */
void vmm_lock_forget_threads(void);

/* Whether the calling thread holds the lock: a signal handler may ask. */
bool vmm_lock_is_mine(void);

#endif /* VMM_LOCK_H */
