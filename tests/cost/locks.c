/* SPDX-License-Identifier: BSD-3-Clause */
/* Counts the acquisitions of mutexes; see shims.h. */
#include "config.h"

#include "tests/cost/shims.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

#define COUNT(counter) __atomic_fetch_add(&(counter), 1, __ATOMIC_RELAXED)

static unsigned long n_all, n_shared;
static int (*next_lock)(pthread_mutex_t *mutex);
static int (*next_trylock)(pthread_mutex_t *mutex);

/* Also called by constructors of libraries, which run before ours. */
static void
find_next(void)
{
	*(void **)&next_trylock = dlsym(RTLD_NEXT, "pthread_mutex_trylock");
	*(void **)&next_lock = dlsym(RTLD_NEXT, "pthread_mutex_lock");
}

static void
count(pthread_mutex_t *mutex)
{
	Dl_info info;

	COUNT(n_all);
	if (dladdr(mutex, &info) != 0)
		COUNT(n_shared);
}

int
pthread_mutex_lock(pthread_mutex_t *mutex)
{
	if (next_lock == NULL)
		find_next();
	count(mutex);
	return next_lock(mutex);
}

int
pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	if (next_lock == NULL)
		find_next();
	count(mutex);
	return next_trylock(mutex);
}

unsigned long
shim_locks(void)
{
	return __atomic_load_n(&n_all, __ATOMIC_RELAXED);
}

unsigned long
shim_shared_locks(void)
{
	return __atomic_load_n(&n_shared, __ATOMIC_RELAXED);
}
