/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thread exit, through a destructor of thread-specific data. Destructors of
 * other keys may allocate and free after it: the backend serves them without a
 * cache.
 */
#include "config.h"

#include "core/thread.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * glibc has room for 32 keys in each thread and allocates for others, through
 * the heap that attaches the thread.
 */
static pthread_key_t key;
static bool has_key;
static void (*hook)(void *arg);

static _Thread_local bool is_attaching
	__attribute__((tls_model("initial-exec")));

static void
thread_ends(void *arg)
{
	hook(arg);
}

void
vmm_thread_init(void)
{
	has_key = pthread_key_create(&key, thread_ends) == 0;
}

void
vmm_thread_set_hook(void (*exit_hook)(void *arg))
{
	hook = exit_hook;
}

int
vmm_thread_attach(void *arg)
{
	int r = -1;

	if (!has_key || is_attaching)
		return -1;
	is_attaching = true;
	if (pthread_setspecific(key, arg) == 0)
		r = 0;
	is_attaching = false;
	return r;
}
