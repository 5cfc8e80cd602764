/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: waiting for other threads; see futex.h. */
#include "config.h"

#include "os/futex.h"

#include "base/linux_sys.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>

enum { UNLOCKED, LOCKED, CONTENDED };

/* A lock is mostly held for far less time than a sleep costs. */
#define SPINS 100

/* The kernel's timespec of this system call. */
struct duration {
	long s, ns;
};

static void
call(const unsigned int *word, int operation, unsigned int value,
	const struct duration *most)
{
	int err = errno;

#if VMM_SYS_IS_RAW
	VMM_SYS(futex, word, operation | FUTEX_PRIVATE_FLAG, value, most, NULL,
		0);
#else
	syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, most,
		NULL, 0);
#endif
	errno = err;
}

void
vmm_os_futex_wait(const unsigned int *word, unsigned int value)
{
	call(word, FUTEX_WAIT, value, NULL);
}

void
vmm_os_futex_wait_ms(
	const unsigned int *word, unsigned int value, unsigned int ms)
{
	const struct duration most = { ms / 1000, ms % 1000 * 1000000L };

	call(word, FUTEX_WAIT, value, &most);
}

void
vmm_os_futex_wake_one(const unsigned int *word)
{
	call(word, FUTEX_WAKE, 1, NULL);
}

void
vmm_os_futex_wake_all(const unsigned int *word)
{
	call(word, FUTEX_WAKE, INT_MAX, NULL);
}

bool
vmm_os_mutex_try_lock(struct vmm_os_mutex *mutex)
{
	unsigned int seen = UNLOCKED;

	return __atomic_compare_exchange_n(&mutex->state, &seen, LOCKED, false,
		__ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void
relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

void
vmm_os_mutex_lock(struct vmm_os_mutex *mutex)
{
	for (int i = 0; i < SPINS; i++) {
		if (__atomic_load_n(&mutex->state, __ATOMIC_RELAXED) ==
				UNLOCKED &&
			vmm_os_mutex_try_lock(mutex))
			return;
		relax();
	}
	while (__atomic_exchange_n(
		       &mutex->state, CONTENDED, __ATOMIC_ACQUIRE) != UNLOCKED)
		vmm_os_futex_wait(&mutex->state, CONTENDED);
}

void
vmm_os_mutex_unlock(struct vmm_os_mutex *mutex)
{
	if (__atomic_exchange_n(&mutex->state, UNLOCKED, __ATOMIC_RELEASE) ==
		CONTENDED)
		vmm_os_futex_wake_one(&mutex->state);
}
