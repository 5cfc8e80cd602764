/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting up. The first allocation of the process makes the pool and is served
 * from the bootstrap region; our constructor loads the backend and makes it
 * live. Nothing is torn down at exit: late calls still work.
 */
#include "config.h"

#include "core/init.h"

#include "base/checked.h"
#include "base/hot.h"
#include "os/atfork.h"
#include "core/background.h"
#include "core/bootstrap.h"
#include "core/control.h"
#include "core/create.h"
#include "core/env.h"
#include "core/host.h"
#include "core/next.h"
#include "base/log.h"
#include "core/ops.h"
#include "core/plugin.h"
#include "core/parts.h"
#include "core/profile.h"
#include "core/sanitizer.h"
#include "core/stats.h"
#include "os/process.h"
#include "os/seal.h"
#include "os/thread.h"

#include <sched.h>
#include <string.h>

/*
 * While the backend is loaded the bootstrap region may grow to this many times
 * its size, and at least to this size. The backend's extents begin right behind
 * it, so that little of the pool must be mapped. Half of the least size is for
 * the thread that loads, however much others use.
 */
#define BOOTSTRAP_FACTOR 16
#define BOOTSTRAP_MIN ((size_t)2 << 20)
_Static_assert(
	BOOTSTRAP_MIN / 2 >= 8 * ((size_t)75 << 10), "dlopen takes 75 KiB");

static struct vmm_config config;
static struct vmm_parts parts VMM_HOT_DATA;
static struct vmmalloc_backend *const backend = &vmm_ops_page.backend;
static bool is_started VMM_HOT_DATA;

/* The malloc family until the backend is live, with its edges. */

/* Set in the thread that is creating the pool: it must not wait for itself. */
static _Thread_local bool is_creating
	__attribute__((tls_model("initial-exec")));

/* Pointers to functions have many types. */
#define FIND(slot, name) find(&vmm_next_ops.slot, name)

static void
find(void *slot, const char *name)
{
	void *found = vmm_next(name);

	memcpy(slot, &found, sizeof(found));
}

/*
 * Has a priority, so that it runs before the constructor that makes the page
 * read-only. dlsym may allocate: everything is looked up before it is needed.
 */
__attribute__((constructor(101))) static void
find_all(void)
{
	vmm_os_unseal();
	FIND(calloc, "calloc");
	FIND(clone, "clone");
	FIND(dlopen, "dlopen");
	FIND(fork, "fork");
	FIND(fork_raw, "_Fork");
	FIND(free, "free");
	FIND(mallocx, "mallocx");
	FIND(nallocx, "nallocx");
	FIND(pthread_create, "pthread_create");
	FIND(pthread_setspecific, "pthread_setspecific");
	FIND(syscall, "syscall");
	FIND(usable_size, "malloc_usable_size");
}

void
vmm_init_pool(void)
{
	enum { NONE, CREATING, CREATED };
	static int state VMM_HOT_DATA;
	int seen = __atomic_load_n(&state, __ATOMIC_ACQUIRE);

	if (seen == CREATED || is_creating || vmm_sanitizer() != NULL)
		return;
	if (seen == NONE &&
		__atomic_compare_exchange_n(&state, &seen, CREATING, false,
			__ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		is_creating = true;
		vmm_os_unseal();
		vmm_create_pool(&config, &parts, backend, &vmm_ops_page.host);
		/*
		 * Look syscall up now, while no other thread exists. On some
		 * machines threads sleep and wake through it
		 * (base/linux_sys.h). A thread that looked it up with the lock
		 * around the pool held would wait for the dynamic linker's
		 * lock, which another thread may hold while it waits for the
		 * pool's in an allocation.
		 */
		FIND(syscall, "syscall");
		is_creating = false;
		__atomic_store_n(&state, CREATED, __ATOMIC_RELEASE);
	}
	while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != CREATED)
		sched_yield();
}

static void *early_malloc(size_t size);

/* Set before the region is limited and the backend loaded; stays set. */
static bool is_loading VMM_HOT_DATA; /* atomic */
static _Thread_local bool is_loader __attribute__((tls_model("initial-exec")));

/*
 * Loading takes milliseconds, unless it waits for a lock that this thread
 * holds.
 */
#define LOADING_MS_MAX 10000

static bool
is_live(void)
{
	return __atomic_load_n(&vmm_ops.malloc, __ATOMIC_ACQUIRE) !=
		early_malloc;
}

/*
 * Waits until the backend is live. Returns false if that takes too long, if
 * loading has not begun, or if this thread is the loader. Other threads wait
 * here if they have used their share of the region while the backend is loaded,
 * and between the end of the region and the first call of the backend.
 */
static bool
wait_until_live(void)
{
	uint64_t start = vmm_os_clock_ms();

	while (!is_live()) {
		if (!vmm_bootstrap_is_finished() &&
			(is_loader ||
				!__atomic_load_n(
					&is_loading, __ATOMIC_ACQUIRE) ||
				vmm_os_clock_ms() - start > LOADING_MS_MAX))
			return false;
		sched_yield();
	}
	return true;
}

/* A block of the region; NULL if it is full or the backend is live. */
static void *
early_block(size_t alignment, size_t size)
{
	size_t spare = 0;
	void *ptr;

	if (vmm_sanitizer() != NULL)
		vmm_fatal("%s has a malloc of its own: run the program without "
			  "the library",
			vmm_sanitizer());
	vmm_init_pool();
	if (__atomic_load_n(&is_loading, __ATOMIC_ACQUIRE) && !is_loader)
		spare = BOOTSTRAP_MIN / 2;
	ptr = vmm_bootstrap_alloc(alignment, size, spare);
	if (ptr == NULL && !wait_until_live())
		ptr = vmm_bootstrap_alloc(alignment, size, 0);
	return ptr;
}

static void *
early_memalign(size_t alignment, size_t size)
{
	void *ptr = early_block(alignment, size);

	return ptr == NULL && is_live() ? vmm_ops.memalign(alignment, size)
					: ptr;
}

static void *
early_malloc(size_t size)
{
	void *ptr = early_block(1, size);

	return ptr == NULL && is_live() ? vmm_ops.malloc(size) : ptr;
}

static void *
early_calloc(size_t nmemb, size_t size)
{
	size_t bytes;
	void *ptr;

	if (!vmm_array_bytes(nmemb, size, &bytes))
		return NULL;
	ptr = early_block(1, bytes);
	if (ptr == NULL)
		return is_live() ? vmm_ops.calloc(nmemb, size) : NULL;
	return memset(ptr, 0, bytes); /* a device's memory is not fresh */
}

static void
early_free(void *ptr)
{
	(void)ptr;
}

/*
 * No realloc, free_sized or usable_size: they are for blocks of the backend, of
 * which there are none yet (vmm_ops_owns).
 */
VMM_SEALED_DATA struct vmm_ops_page vmm_ops_page = {
	.ops = {
		.malloc = early_malloc,
		.free = early_free,
		.calloc = early_calloc,
		.memalign = early_memalign,
		.good_size = vmm_bootstrap_good_size,
	},
};

static void
free_ignoring_size(void *ptr, size_t size)
{
	(void)size;
	vmm_ops.free(ptr);
}

static size_t
only_good_size(size_t alignment, size_t size)
{
	(void)alignment;
	return size;
}

/* From here on the program's calls go to the backend. */
static void
go_live(const char *bootstrap_end)
{
	char *start = vmm_bootstrap_finish(vmm_os_page_size());
	struct vmm_ops_table *ops = &vmm_ops;

	vmm_host_add(start, bootstrap_end);
	/*
	 * other threads may be running: first set the functions that blocks
	 * need, then those that return blocks
	 */
	ops->free = backend->free;
	ops->free_sized = backend->free_sized != NULL ? backend->free_sized
						      : free_ignoring_size;
	ops->realloc = vmm_control_realloc(backend);
	ops->usable_size = backend->usable_size;
	ops->good_size = backend->good_size != NULL ? backend->good_size
						    : only_good_size;
	ops->heap_base = (uintptr_t)start;
	__atomic_store_n(&ops->heap_size,
		(size_t)(parts.base + parts.size - start), __ATOMIC_RELEASE);
	__atomic_store_n(
		&ops->calloc, vmm_control_calloc(backend), __ATOMIC_RELEASE);
	__atomic_store_n(&ops->memalign, vmm_control_memalign(backend),
		__ATOMIC_RELEASE);
	__atomic_store_n(
		&ops->malloc, vmm_background_malloc(), __ATOMIC_RELEASE);
	/* last, because pthread_create then uses blocks of the backend */
	vmm_thread_set_backend(backend);
	vmm_os_seal();
}

/* Calls through the table, because init may change the slot. */
static void
end_thread(void *arg)
{
	backend->thread_exit(arg);
}

__attribute__((constructor)) static void
start(void)
{
	char *bootstrap_end;

	if (vmm_sanitizer() != NULL) {
		vmm_warn("%s has a malloc of its own: the program's heap is "
			 "not in the pool",
			vmm_sanitizer());
		vmm_os_seal();
		return;
	}
	vmm_init_pool();
	vmm_os_process_init();
	is_loader = true;
	__atomic_store_n(&is_loading, true, __ATOMIC_RELEASE);
	bootstrap_end = vmm_bootstrap_limit(
		BOOTSTRAP_FACTOR, BOOTSTRAP_MIN, vmm_os_page_size());
	vmm_host_add_rest(bootstrap_end);
	vmm_atfork_set_backend(true);
	vmm_plugin_load(&config, backend);
	vmm_thread_set_hook(end_thread);
	vmm_ops_page.serve = vmm_control_poll;
	vmm_host_set_serve(&vmm_ops_page.serve);
	vmm_plugin_start(&config, vmmalloc_host_get(), backend);
	vmm_atfork_set_backend(false);
	vmm_profile_init(&config, backend);
	vmm_background_init(&config, backend, &vmm_next_ops);
	go_live(bootstrap_end);
	is_loader = false;
	vmm_stats_init(&config, backend);
	vmm_host_publish(backend, (int)config.fork_mode);
	vmm_fatal_set_started();
	is_started = true;
	VMM_LOG(2, "initialization completed");
}

VMM_HOT_CODE bool
vmm_is_started(void)
{
	return is_started;
}
