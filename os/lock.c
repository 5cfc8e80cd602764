/* SPDX-License-Identifier: BSD-3-Clause */
/* The lock around the pool; see lock.h. No allocation here. */
#include "config.h"

#include "os/lock.h"

#include "base/hot.h"
#include "os/futex.h"

#include <stddef.h>

static struct vmm_os_mutex mutex VMM_HOT_DATA;

/*
 * Incremented, with the lock held and if a thread waits, when a thread resumes
 * work, when the last work ends and a thread waits for that to have the lock
 * exclusively, and when the exclusive lock is released. A thread that waits
 * sleeps while it has the value that it read with the lock held.
 */
static unsigned int changes VMM_HOT_DATA;

/* Counts of threads, guarded by the lock. */
static unsigned int n_waiting VMM_HOT_DATA;   /* in vmm_lock_wait */
static unsigned int n_working VMM_HOT_DATA;   /* have begun work */
static unsigned int n_excluding VMM_HOT_DATA; /* have or want it exclusively */

/* The address of this is different in each thread. */
static _Thread_local char self __attribute__((tls_model("initial-exec")));
/* atomic; &self of the thread that holds the lock */
static const void *owner VMM_HOT_DATA;

static void
set_owner(const void *thread)
{
	__atomic_store_n(&owner, thread, __ATOMIC_RELAXED);
}

bool
vmm_lock_is_mine(void)
{
	return __atomic_load_n(&owner, __ATOMIC_RELAXED) == &self;
}

void
vmm_lock_acquire(void)
{
	vmm_os_mutex_lock(&mutex);
	set_owner(&self);
}

void
vmm_lock_release(void)
{
	set_owner(NULL);
	vmm_os_mutex_unlock(&mutex);
}

/* Wakes all threads in vmm_lock_wait. The caller holds the lock. */
static void
announce_change(void)
{
	if (n_waiting == 0)
		return;
	__atomic_fetch_add(&changes, 1, __ATOMIC_RELEASE);
	vmm_os_futex_wake_all(&changes);
}

void
vmm_lock_wait(void)
{
	unsigned int seen = __atomic_load_n(&changes, __ATOMIC_RELAXED);

	n_waiting++;
	vmm_lock_release();
	vmm_os_futex_wait(&changes, seen);
	vmm_lock_acquire();
	n_waiting--;
}

void
vmm_lock_begin_work(void)
{
	vmm_lock_acquire();
	while (n_excluding > 0)
		vmm_lock_wait();
	n_working++;
}

bool
vmm_lock_try_begin_work(void)
{
	if (!vmm_os_mutex_try_lock(&mutex))
		return false;
	if (n_excluding > 0) {
		vmm_os_mutex_unlock(&mutex);
		return false;
	}
	set_owner(&self);
	n_working++;
	return true;
}

void
vmm_lock_end_work(void)
{
	if (--n_working == 0 && n_excluding > 0)
		announce_change();
	vmm_lock_release();
}

void
vmm_lock_pause_work(void)
{
	vmm_lock_release();
}

void
vmm_lock_resume_work(void)
{
	vmm_lock_acquire();
	announce_change();
}

void
vmm_lock_acquire_exclusive(void)
{
	vmm_lock_acquire();
	n_excluding++;
	while (n_working > 0)
		vmm_lock_wait();
}

void
vmm_lock_release_exclusive(void)
{
	n_excluding--;
	announce_change();
	vmm_lock_release();
}

void
vmm_lock_forget_threads(void)
{
	n_excluding = 1; /* the caller's own */
	n_waiting = 0;
	n_working = 0;
	set_owner(&self);
}
