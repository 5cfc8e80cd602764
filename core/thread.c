/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thread exit, through a destructor of thread-specific data. Other destructors
 * may allocate and free after ours; so ours asks to be called again and acts
 * in the last round only (POSIX: PTHREAD_DESTRUCTOR_ITERATIONS rounds).
 */
#include "config.h"

#include "core/thread.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* glibc allocates for keys from 32 on: ours is made early and is lower. */
static pthread_key_t key;
static bool has_key;
static void (*hook)(void *arg);

static _Thread_local int rounds __attribute__((tls_model("initial-exec")));

static void
thread_ends(void *arg)
{
	if (++rounds < PTHREAD_DESTRUCTOR_ITERATIONS &&
		pthread_setspecific(key, arg) == 0)
		return;
	hook(arg);
}

void
vmm_thread_init(void (*exit_hook)(void *arg))
{
	hook = exit_hook;
	has_key = pthread_key_create(&key, thread_ends) == 0;
}

int
vmm_thread_attach(void *arg)
{
	return has_key && pthread_setspecific(key, arg) == 0 ? 0 : -1;
}
