/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thread exit, through a destructor of thread-specific data. Other destructors
 * may allocate and free after ours. Ours does not wait for them: a destructor
 * cannot know in which of the rounds of POSIX its value was set, nor whether
 * another round follows. If a thread attaches again in a later destructor, the
 * backend is told once more when it ends, unless that was the last round.
 */
#include "config.h"

#include "os/thread.h"

#include "base/hot.h"
#include "os/seal.h"
#include "os/sealed.h"
#include "vmmalloc/backend.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

static pthread_key_t key VMM_HOT_DATA;
static bool has_key VMM_HOT_DATA;

/*
 * glibc allocates when a thread first sets a key from number 32 on. Ours is
 * such a key if the program made that many before its first allocation.
 * volatile: glibc declares pthread_setspecific as a function that never calls
 * back into this file, so the compiler would drop the stores around it.
 */
static _Thread_local volatile bool is_attaching
	__attribute__((tls_model("initial-exec")));

static void
thread_ends(void *arg)
{
	vmm_os_sealed.thread_ends(arg);
}

void
vmm_thread_make_key(void)
{
	has_key = pthread_key_create(&key, thread_ends) == 0;
}

void
vmm_thread_set_hook(void (*exit_hook)(void *arg))
{
	vmm_os_unseal();
	vmm_os_sealed.thread_ends = exit_hook;
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

void
vmm_thread_set_backend(const struct vmmalloc_backend *backend)
{
	if (backend->thread_reserve == NULL)
		return;
	vmm_os_unseal();
	__atomic_store_n(
		&vmm_os_sealed.thread_backend, backend, __ATOMIC_RELEASE);
}

bool
vmm_thread_is_told(void)
{
	return __atomic_load_n(
		       &vmm_os_sealed.thread_backend, __ATOMIC_ACQUIRE) != NULL;
}

int
vmm_thread_reserve(void **reserved)
{
	return vmm_os_sealed.thread_backend->thread_reserve(reserved);
}

void
vmm_thread_unreserve(void *reserved)
{
	vmm_os_sealed.thread_backend->thread_unreserve(reserved);
}

void
vmm_thread_start(void *reserved)
{
	vmm_os_sealed.thread_backend->thread_start(reserved);
}
