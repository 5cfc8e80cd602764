/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lock around the pool and its extents, the last one to be taken. Threads
 * that commit or purge (core/commit.h) give it up meanwhile; who must not find
 * any of them under way takes it alone. Nothing here is a cancellation point.
 */
#ifndef VMM_LOCK_H
#define VMM_LOCK_H

#include <stdbool.h>

void vmm_lock_take(void);
void vmm_lock_give(void);

/* Around what may commit or purge; try is false where it would wait. */
void vmm_lock_take_to_commit(void);
bool vmm_lock_try_to_commit(void);
void vmm_lock_give_after_commit(void);

/* Meanwhile: to take it again after it was given up. */
void vmm_lock_retake(void);
void vmm_lock_wait(void); /* until another thread has retaken it */

/*
 * Once no thread commits or purges. What happens until the lock is given is no
 * cancellation point either.
 */
void vmm_lock_take_alone(void);
void vmm_lock_give_alone(void);

/* In a forked child, with the lock taken alone: there is no other thread. */
void vmm_lock_forget_threads(void);

#endif /* VMM_LOCK_H */
