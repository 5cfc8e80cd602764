/* SPDX-License-Identifier: BSD-3-Clause */
/* The background thread; see background.h. */
#include "config.h"

#include "core/background.h"

#include "base/hot.h"
#include "base/log.h"
#include "core/control.h"
#include "core/env.h"
#include "core/host.h"
#include "core/ops.h"
#include "os/futex.h"
#include "os/process.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

/* The pool must not change for this long before it is trimmed, twice. */
#define QUIET_MS 200

/* A smaller pool is not worth a thread. */
#define POOL_MIN ((size_t)4 << 20)

/*
 * For the backend's functions, and for the exit handlers of a program whose
 * other threads have all ended.
 */
#define STACK_BYTES ((size_t)256 << 10)

static bool is_wanted VMM_HOT_DATA;
static const struct vmmalloc_backend *backend VMM_HOT_DATA;
static const struct vmm_next_table *next VMM_HOT_DATA;

/* vmm_host_watch.changes as far as the thread has seen to; atomic. */
static unsigned int done VMM_HOT_DATA;

void
vmm_background_init(const struct vmm_config *config,
	const struct vmmalloc_backend *the_backend,
	const struct vmm_next_table *the_next)
{
	backend = the_backend;
	next = the_next;
	is_wanted = config->background && !config->must_prealloc;
}

static unsigned int
changes(void)
{
	return __atomic_load_n(&vmm_host_watch.changes, __ATOMIC_RELAXED);
}

/*
 * Sleeps until the pool has not changed for QUIET_MS. Returns the number of
 * changes.
 */
static unsigned int
wait_until_quiet(void)
{
	static const unsigned int word;
	unsigned int before;

	do {
		before = changes();
		vmm_os_futex_wait_ms(&word, 0, QUIET_MS);
	} while (changes() != before);
	return before;
}

static void *
run(void *arg)
{
	unsigned int after;

	do {
		wait_until_quiet();
		vmm_control_poll(true);
		backend->purge();
		while (vmm_host_trim_batch())
			;
		after = changes();
		/* what is freed from now on makes malloc start a new thread */
	} while (wait_until_quiet() != after);
	VMM_LOG(2, "the background thread ends");
	__atomic_store_n(&done, after, __ATOMIC_RELAXED);
	__atomic_store_n(&vmm_host_watch.is_watched, false, __ATOMIC_RELEASE);
	return arg;
}

/* Signals stay blocked in the thread: they are the program's. */
static int
create(void)
{
	struct vmm_os_signals signals;
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	if (pthread_attr_init(&attr) != 0)
		return -1;
	r = pthread_attr_setstacksize(&attr, STACK_BYTES);
	if (r == 0)
		r = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	vmm_os_signals_block(&signals);
	if (r == 0)
		r = next->pthread_create(&thread, &attr, run, NULL);
	vmm_os_signals_restore(&signals);
	pthread_attr_destroy(&attr);
	return r;
}

static __attribute__((noinline)) void
start(void)
{
	struct vmm_host_stats stats;
	int err = errno;
	bool expected = false;

	/* a child of vfork shares our memory, but not our threads */
	if (getpid() != vmm_host_watch.process ||
		!__atomic_compare_exchange_n(&vmm_host_watch.is_watched,
			&expected, true, false, __ATOMIC_ACQUIRE,
			__ATOMIC_RELAXED))
		return;
	/* without a thread, it is tried again after the next change */
	__atomic_store_n(&done, changes(), __ATOMIC_RELAXED);
	vmm_host_get_stats(&stats);
	if (stats.committed < POOL_MIN || next->pthread_create == NULL ||
		create() != 0)
		__atomic_store_n(
			&vmm_host_watch.is_watched, false, __ATOMIC_RELEASE);
	errno = err;
}

static void *
malloc_and_start(size_t size)
{
	if (__builtin_expect(
		    changes() != __atomic_load_n(&done, __ATOMIC_RELAXED), 0) &&
		!__atomic_load_n(&vmm_host_watch.is_watched, __ATOMIC_RELAXED))
		start();
	return backend->malloc(size);
}

void *(*vmm_background_malloc(void))(size_t size)
{
	return is_wanted ? malloc_and_start : backend->malloc;
}
