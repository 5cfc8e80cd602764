/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: waiting for other threads, without the C library's functions.
 * Private to a process. None of these is a cancellation point; all keep errno
 * and may be called in a forked child.
 */
#ifndef VMM_OS_FUTEX_H
#define VMM_OS_FUTEX_H

#include <stdbool.h>

/* Sleeps until woken, if *word is value; may return earlier. */
void vmm_os_futex_wait(const unsigned int *word, unsigned int value);
/* Does so for at most ms milliseconds. */
void vmm_os_futex_wait_ms(
	const unsigned int *word, unsigned int value, unsigned int ms);
void vmm_os_futex_wake_one(const unsigned int *word);
void vmm_os_futex_wake_all(const unsigned int *word);

/*
 * A mutex; zero is unlocked. Its three states are Drepper's (Futexes Are
 * Tricky, 2011, mutex 2): free, held, held and perhaps waited for.
 */
struct vmm_os_mutex {
	unsigned int state;
};

void vmm_os_mutex_lock(struct vmm_os_mutex *mutex);
bool vmm_os_mutex_try_lock(struct vmm_os_mutex *mutex);
void vmm_os_mutex_unlock(struct vmm_os_mutex *mutex);

#endif /* VMM_OS_FUTEX_H */
