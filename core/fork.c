/* SPDX-License-Identifier: BSD-3-Clause */
/* Fork handlers; see fork.h. No allocation here. */
#include "config.h"

#include "core/fork.h"

#include "core/atfork.h"
#include "core/clone.h"
#include "core/host.h"
#include "core/lock.h"
#include "core/log.h"
#include "core/os.h"
#include "core/pool.h"
#include "core/used.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static struct vmm_pool *pool;
static const struct vmm_config *config;
static const struct vmmalloc_backend *backend;
static unsigned long count;

/* One copy of the pool at a time; held from begin to end where there is one. */
static pthread_mutex_t clone_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vmm_clone copy;
static bool has_failed; /* the copy that was reserved could not be made */

enum { OUTSIDE, BEGUN, BEGUN_WITH_CLONE };
static _Thread_local int state __attribute__((tls_model("initial-exec")));
static _Thread_local bool is_ours /* not the exported fork(): handlers only */
	__attribute__((tls_model("initial-exec")));

/*
 * The pool's file; -1 where it does not have all that is in the pool, or the
 * program has closed it, or put another there.
 */
static int
own_fd(void)
{
	if (pool->private_end > 0)
		return -1;
	return vmm_os_file_is(pool->fd, &pool->file_id) ? pool->fd : -1;
}

/* With the clone's and the pool's lock held. */
static int
reserve_clone(bool in_memory)
{
	int r = in_memory
		? vmm_clone_open_memory(&copy, pool->size)
		: vmm_clone_open_file(&copy, config->pool_dir, pool->size,
			  own_fd(),
			  vmm_used_bytes(pool, vmm_host_free_extents()));

	if (r != 0)
		return -1;
	if (vmm_used_reserve(pool, vmm_host_free_extents(), &copy) != 0) {
		vmm_clone_close(&copy);
		return -1;
	}
	pool->clone = &copy;
	return 0;
}

static int
begin_clone(bool in_memory)
{
	int r;

	/* two threads on both ways into fork: the second has to do without */
	if (is_ours && pthread_mutex_trylock(&clone_lock) != 0)
		return -1;
	if (!is_ours)
		pthread_mutex_lock(&clone_lock);
	vmm_lock_take_alone();
	has_failed = false;
	r = reserve_clone(in_memory);
	vmm_lock_give_alone();
	if (r != 0)
		pthread_mutex_unlock(&clone_lock);
	else
		state = BEGUN_WITH_CLONE;
	return r;
}

/* The child must share no page with us: neither file nor private mapping. */
static int
begin_private(void)
{
	int r;

	vmm_lock_take_alone();
	if (!vmm_pool_can_be_private(pool)) {
		vmm_lock_give_alone();
		return begin_clone(true);
	}
	r = vmm_pool_make_private(pool);
	vmm_lock_give_alone();
	return r;
}

int
vmm_fork_begin(void)
{
	int r = 0;

	state = BEGUN;
	if (pool->is_private)
		return 0; /* the kernel's copy-on-write does it */
	switch (config->fork_mode) {
	case VMM_FORK_NOTHING:
		break;
	case VMM_FORK_PRIVATE:
		r = begin_private();
		break;
	case VMM_FORK_COPY:
		r = begin_clone(pool->is_device);
		break;
	case VMM_FORK_COPY_OR_PRIVATE:
		r = begin_clone(pool->is_device);
		if (r != 0)
			r = begin_private();
		break;
	}
	if (r != 0) {
		state = OUTSIDE;
		errno = ENOMEM;
	}
	return r;
}

static void
prepare(void)
{
	bool cannot = false;

	vmm_atfork_prepare();
	if (backend->fork_prepare != NULL)
		backend->fork_prepare();
	if (state == OUTSIDE) {
		is_ours = true;
		cannot = vmm_fork_begin() != 0;
	}
	vmm_lock_take_alone();
	if (cannot)
		has_failed = true;
	if (state != BEGUN_WITH_CLONE)
		return;
	if (vmm_clone_refresh(&copy, own_fd()) != 0 ||
		vmm_used_copy(pool, vmm_host_free_extents(), &copy) != 0)
		has_failed = true;
}

static void
leave(void)
{
	pool->clone = NULL;
	if (state == BEGUN_WITH_CLONE)
		pthread_mutex_unlock(&clone_lock);
	state = OUTSIDE;
	is_ours = false;
}

static void
parent(void)
{
	count++;
	if (state == BEGUN_WITH_CLONE) {
		pool->clone = NULL;
		vmm_clone_close(&copy);
	}
	vmm_lock_give_alone();
	if (backend->fork_parent != NULL)
		backend->fork_parent();
	vmm_atfork_parent();
	if (is_ours) {
		has_failed = false;
		leave();
	}
}

static void
adopt(void)
{
	if (!copy.is_reflink)
		vmm_used_forget_rest(pool, vmm_host_free_extents());
	if (vmm_clone_adopt(&copy, pool->base) != 0)
		vmm_fatal("mapping the copy of the pool failed: %s",
			vmm_os_strerror(errno));
	vmm_pool_adopted(pool, &copy);
	vmm_host_recount();
	copy.is_open = false; /* it is the pool's now */
}

static void
child(void)
{
	count = 0;
	vmm_lock_forget_threads();
	vmm_log_fork_child();
	if (has_failed)
		_exit(127);
	if (state == BEGUN_WITH_CLONE)
		adopt();
	vmm_lock_give_alone();
	if (backend->fork_child != NULL)
		backend->fork_child();
	vmm_atfork_child();
	if (is_ours)
		leave();
}

pid_t
vmm_fork_end(pid_t pid)
{
	bool failed = has_failed && state == BEGUN_WITH_CLONE;

	if (state == BEGUN_WITH_CLONE && pid < 0) { /* no handler has run */
		int err = errno;

		vmm_lock_take_alone();
		pool->clone = NULL;
		vmm_clone_close(&copy);
		vmm_lock_give_alone();
		errno = err;
	}
	leave();
	if (failed && pid > 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		errno = ENOMEM;
		return -1;
	}
	return pid;
}

int
vmm_fork_init(struct vmm_pool *the_pool, const struct vmm_config *the_config,
	const struct vmmalloc_backend *the_backend)
{
	pool = the_pool;
	config = the_config;
	backend = the_backend;
	return vmm_os_atfork(prepare, parent, child, NULL);
}

unsigned long
vmm_fork_count(void)
{
	return count;
}
