/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of the shims for a program, which also runs without them. */
#ifndef SHIMS_H
#define SHIMS_H

/*
 * Calls of pthread_mutex_lock and pthread_mutex_trylock so far: all of them, or
 * those for a mutex in the data of a library, which all threads share.
 */
unsigned long shim_locks(void) __attribute__((weak));
unsigned long shim_shared_locks(void) __attribute__((weak));

/*
 * From now on sched_getaffinity reports this many processors; before the first
 * call it reports SHIM_PROCESSORS.
 */
void shim_set_processors(int n) __attribute__((weak));

#endif /* SHIMS_H */
