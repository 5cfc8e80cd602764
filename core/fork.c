/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool across fork; see fork.h. No allocation here. */
#include "config.h"

#include "core/fork.h"

#include "os/atfork.h"
#include "os/files.h"
#include "core/host.h"
#include "base/hot.h"
#include "os/lock.h"
#include "base/log.h"
#include "core/page.h"
#include "core/parts.h"
#include "core/pool.h"
#include "core/profile_file.h"
#include "core/samples.h"
#include "core/stacks.h"
#include "core/sharers.h"
#include "core/unused.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static struct vmm_parts *parts VMM_HOT_DATA;
static const struct vmm_config *config VMM_HOT_DATA;
static const struct vmmalloc_backend *backend VMM_HOT_DATA;
static unsigned long count VMM_HOT_DATA;

/* The innermost fork of this thread that is in progress. */
static _Thread_local struct vmm_fork *current
	__attribute__((tls_model("initial-exec")));

/*
 * For a fork that the handlers begin. One per thread is enough: our prepare
 * handler runs last, and our parent or child handler first.
 */
static _Thread_local struct vmm_fork late
	__attribute__((tls_model("initial-exec")));

/* The state of a part. */
VMM_HOT_CODE static struct vmm_fork_part *
state_of(struct vmm_fork *fork, unsigned int i)
{
	return i == 0 ? &fork->first : &fork->more[i - 1];
}

static size_t
more_bytes(void)
{
	return (parts->n - 1) * sizeof(struct vmm_fork_part);
}

/*
 * Whether the calling thread's stack lies in the pool, which a copy would
 * replace in the child.
 */
static bool
is_on_heap_stack(void)
{
	const char *frame = __builtin_frame_address(0);

	return vmm_parts_find(parts, frame) < parts->n;
}

static int
begin_copy(struct vmm_fork *fork, unsigned int i, bool in_memory)
{
	struct vmm_fork_part *state = state_of(fork, i);
	int r;

	if (is_on_heap_stack() || (fork->flags & VMM_FORK_WRITES_HEAP)) {
		errno = ENOMEM;
		return -1;
	}
	r = in_memory ? vmm_copy_open_memory(&state->copy, parts->part[i])
		      : vmm_copy_open_file(&state->copy, parts->part[i]);
	state->has_copy = r == 0;
	return r;
}

/*
 * Keeps the child from sharing any page with us: makes the pool private or, if
 * that is impossible, begins a copy in private memory.
 */
static int
begin_private(struct vmm_fork *fork, unsigned int i)
{
	if (!vmm_pool_can_be_private(parts->part[i]))
		return begin_copy(fork, i, true);
	return vmm_pool_make_private(parts->part[i]);
}

VMM_HOT_CODE static int
begin_part(struct vmm_fork *fork, unsigned int i)
{
	enum vmm_fork_mode mode = config->fork_mode;
	int r = 0;

	if (!vmm_pool_is_shared(parts->part[i]))
		return 0; /* the kernel's copy-on-write suffices */
	/* such a child cannot adopt a copy */
	if (mode != VMM_FORK_NOTHING &&
		(fork->flags & (VMM_FORK_SHARES_FILES | VMM_FORK_WRITES_HEAP)))
		mode = VMM_FORK_PRIVATE;
	if (mode == VMM_FORK_PRIVATE)
		r = begin_private(fork, i);
	if (mode == VMM_FORK_COPY || mode == VMM_FORK_COPY_OR_PRIVATE)
		r = begin_copy(fork, i,
			parts->part[i]->is_device ||
				parts->part[i]->stripes.n > 0);
	if (r != 0 && mode == VMM_FORK_COPY_OR_PRIVATE)
		r = begin_private(fork, i);
	return r;
}

VMM_HOT_CODE static void
close_copy(struct vmm_fork_part *state)
{
	if (state->has_copy)
		vmm_copy_close(&state->copy);
	state->has_copy = false;
}

static void
close_copies(struct vmm_fork *fork)
{
	for (unsigned int i = 0; i < parts->n; i++)
		close_copy(state_of(fork, i));
}

VMM_HOT_CODE static void
free_more(struct vmm_fork *fork)
{
	if (fork->more != NULL)
		vmm_os_unmap(fork->more, more_bytes());
	fork->more = NULL;
}

VMM_HOT_CODE static int
begin(struct vmm_fork *fork)
{
	int r = 0;

	if (parts->n > 1) {
		fork->more = vmm_os_map_anon(more_bytes());
		if (fork->more == NULL)
			return -1;
	}
	for (unsigned int i = 0; r == 0 && i < parts->n; i++)
		r = begin_part(fork, i);
	if (r == 0)
		return 0;
	VMM_LOG(1, "fork: %s", vmm_os_strerror(errno));
	close_copies(fork);
	free_more(fork);
	return -1;
}

/*
 * Lets memory that is committed from now on lie in a file of the pool's
 * directory again. Purging moves the whole huge pages of free extents there as
 * well.
 */
static void
return_to_files(struct vmm_pool *pool)
{
	struct vmm_os_backing backing;
	size_t size;

	if (vmm_pool_is_shared(pool) ||
		vmm_files_open(&pool->files, &backing, &size) != 0)
		return;
	vmm_pool_return_to(pool, &backing.file, size / pool->page_size);
	pool->punches_quickly = backing.punches_quickly;
}

/* Gets ready for the next fork. The caller has released all locks. */
VMM_HOT_CODE static void
make_ready_for_more(const struct vmm_fork *fork)
{
	bool returns =
		config->fork_mode == VMM_FORK_PRIVATE && config->fork_returns;
	bool copies = config->fork_mode == VMM_FORK_COPY ||
		config->fork_mode == VMM_FORK_COPY_OR_PRIVATE;

	if (!returns && !copies)
		return;
	if (fork->must_lock)
		vmm_lock_acquire_exclusive();
	for (unsigned int i = 0; i < parts->n; i++) {
		if (returns)
			return_to_files(parts->part[i]);
		vmm_files_refill(&parts->part[i]->files);
	}
	if (fork->must_lock)
		vmm_lock_release_exclusive();
	if (returns)
		vmm_host_trim(parts->part[0]->huge_page_size);
}

VMM_HOT_CODE int
vmm_fork_begin(struct vmm_fork *fork, unsigned int flags)
{
	int r;

	*fork = (struct vmm_fork){
		.outer = current,
		.flags = flags,
		.state = VMM_FORK_BEGUN,
		/* in a child the first look at the clock is a page fault */
		.begun_ms = vmm_os_clock_ms(),
		/*
		 * A signal handler of the only thread may have interrupted the
		 * heap, with the lock held. The thread goes on there in both
		 * processes, so no lock is acquired.
		 */
		.must_lock = !vmm_os_is_single_threaded(),
	};
	if (fork->must_lock &&
		(vmm_lock_is_mine() || vmm_samples_is_locked_by_me())) {
		errno = EAGAIN;
		return -1;
	}
	if (fork->must_lock)
		vmm_lock_acquire_exclusive();
	VMM_ASSERT(vmm_parts_are_consistent(parts) || !fork->must_lock);
	r = begin(fork);
	if (fork->must_lock)
		vmm_lock_release_exclusive();
	if (r == 0) {
		VMM_LOG(3, "fork begins: mode %d, copy %d",
			(int)config->fork_mode, fork->first.has_copy);
		current = fork;
	} else {
		make_ready_for_more(fork);
		errno = ENOMEM;
	}
	return r;
}

/*
 * A child that has pages of past files is known by a mapping of the marker,
 * which it inherits.
 */
VMM_HOT_CODE static void
mark_child(struct vmm_fork_part *state, struct vmm_pool *pool)
{
	bool has_file = false;

	for (int i = 0; i < VMM_PASTS; i++)
		if (pool->past[i].map != NULL && pool->past[i].file.fd >= 0)
			has_file = true;
	if (!has_file)
		return;
	if (!vmm_os_file_is_open(&pool->marker) &&
		vmm_os_marker_create(&pool->marker) != 0)
		pool->marker = VMM_OS_NO_FILE;
	if (pool->marker.fd >= 0)
		state->marker = vmm_os_map_file(
			NULL, pool->page_size, &pool->marker, 0, VMM_OS_SHARED);
	if (state->marker != NULL)
		return;
	/* it is not known when such children have ended: punch nothing */
	for (int i = 0; i < VMM_PASTS; i++)
		vmm_os_file_close(&pool->past[i].file);
}

VMM_HOT_CODE static void
lock_heap(const struct vmm_fork *fork)
{
	if (!fork->must_lock)
		return;
	if ((fork->flags & VMM_FORK_RAW) == 0)
		vmm_os_streams_hide();
	if ((fork->flags & VMM_FORK_SIGNAL_SAFE) == 0) {
		vmm_atfork_prepare();
		if (backend->fork_prepare != NULL)
			backend->fork_prepare();
	}
	vmm_lock_acquire_exclusive();
	vmm_samples_lock();
}

/*
 * Fills the copy just before the process is made, with all locks held (if
 * must_lock): the pool holds what the child must see.
 */
static void
fill_copy(struct vmm_fork *fork, unsigned int i)
{
	struct vmm_fork_part *state = state_of(fork, i);
	struct vmm_pool *pool = parts->part[i];

	if (vmm_copy_fill(&state->copy) == 0)
		return;
	close_copy(state);
	fork->has_failed |= config->fork_mode != VMM_FORK_COPY_OR_PRIVATE ||
		!vmm_pool_can_be_private(pool) ||
		vmm_pool_make_private(pool) != 0;
}

VMM_HOT_CODE void
vmm_fork_lock(struct vmm_fork *fork)
{
	lock_heap(fork);
	for (unsigned int i = 0; i < parts->n; i++) {
		if (state_of(fork, i)->has_copy)
			fill_copy(fork, i);
		if (!vmm_pool_is_shared(parts->part[i]))
			mark_child(state_of(fork, i), parts->part[i]);
	}
	fork->state = VMM_FORK_LOCKED;
}

VMM_HOT_CODE static void
unlock_heap(struct vmm_fork *fork, bool is_child)
{
	void (*unlock)(void) =
		is_child ? backend->fork_child : backend->fork_parent;

	fork->state = VMM_FORK_DONE;
	if (!fork->must_lock)
		return;
	vmm_samples_unlock();
	vmm_lock_release_exclusive();
	if ((fork->flags & VMM_FORK_SIGNAL_SAFE) == 0) {
		if (unlock != NULL)
			unlock();
		if (is_child)
			vmm_atfork_child();
		else
			vmm_atfork_parent();
	}
	if ((fork->flags & VMM_FORK_RAW) == 0)
		vmm_os_streams_show(is_child);
}

VMM_HOT_CODE static void
unlock_in_parent(struct vmm_fork *fork)
{
	for (unsigned int i = 0; i < parts->n; i++) {
		struct vmm_fork_part *state = state_of(fork, i);

		close_copy(state);
		if (state->marker != NULL)
			vmm_os_unmap(state->marker, vmm_os_page_size());
	}
	free_more(fork);
	unlock_heap(fork, false);
}

/* In the child: makes the copies, if there are any, its pool. */
VMM_HOT_CODE static void
adopt_copies(struct vmm_fork *fork)
{
	bool has_copy = false;

	for (unsigned int i = 0; i < parts->n; i++) {
		struct vmm_fork_part *state = state_of(fork, i);

		if (!state->has_copy)
			continue;
		if (!has_copy)
			vmm_sharers_forget();
		has_copy = true;
		if (vmm_copy_adopt(&state->copy) != 0)
			vmm_fatal("mapping the copy of the pool failed: %s",
				vmm_os_strerror(errno));
	}
	if (has_copy)
		vmm_unused_adopted();
}

/* In the child: closes the files that are its parent's. */
VMM_HOT_CODE static void
close_files(struct vmm_fork *fork)
{
	if (fork->flags & VMM_FORK_SHARES_FILES)
		return;
	for (unsigned int i = 0; i < parts->n; i++) {
		if (!state_of(fork, i)->has_copy &&
			config->fork_mode != VMM_FORK_NOTHING)
			vmm_pool_close_files(parts->part[i]);
		vmm_files_forget_spare(&parts->part[i]->files);
	}
}

VMM_HOT_CODE static void
unlock_in_child(struct vmm_fork *fork)
{
	count = 0;
	vmm_host_forked(fork->begun_ms);
	if (fork->must_lock)
		vmm_lock_forget_threads();
	if (fork->has_failed)
		_exit(127);
	adopt_copies(fork);
	close_files(fork);
	free_more(fork);
	vmm_log_fork_child();
	vmm_samples_forked();
	vmm_stacks_forked();
	vmm_profile_file_forked();
	unlock_heap(fork, true);
}

/* The fork handlers, which the C library calls. */

VMM_HOT_CODE static void
prepare(void)
{
	if (current == NULL || current->state != VMM_FORK_BEGUN) {
		bool has_failed = vmm_fork_begin(&late, 0) != 0;

		late.is_late = true;
		late.has_failed = has_failed;
		current = &late;
	}
	vmm_fork_lock(current);
}

VMM_HOT_CODE static void
parent(void)
{
	struct vmm_fork *fork = current;

	vmm_page_set_forks(++count);
	VMM_LOG(2, "forked");
	unlock_in_parent(fork);
	if (!fork->is_late)
		return;
	current = fork->outer;
	make_ready_for_more(fork);
}

VMM_HOT_CODE static void
child(void)
{
	struct vmm_fork *fork = current;

	unlock_in_child(fork);
	if (!fork->is_late)
		return;
	current = fork->outer;
	make_ready_for_more(fork);
}

/* The child got no copy, and has exited or will at once: waits for that. */
static pid_t
fail(pid_t pid)
{
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	errno = ENOMEM;
	return -1;
}

VMM_HOT_CODE pid_t
vmm_fork_end(struct vmm_fork *fork, pid_t pid)
{
	int err = errno;

	current = fork->outer;
	if (fork->flags & VMM_FORK_RAW) {
		if (pid == 0)
			unlock_in_child(fork);
		else
			unlock_in_parent(fork);
		vmm_page_set_forks(count += pid > 0);
	} else if (pid < 0 && fork->state == VMM_FORK_BEGUN) {
		/* no fork handler has run for it */
		if (fork->must_lock)
			vmm_lock_acquire_exclusive();
		close_copies(fork);
		free_more(fork);
		if (fork->must_lock)
			vmm_lock_release_exclusive();
	} else if (pid < 0) {
		vmm_page_set_forks(--count); /* the handlers counted it */
	}
	make_ready_for_more(fork);
	errno = err;
	return fork->has_failed && pid > 0 ? fail(pid) : pid;
}

int
vmm_fork_init(struct vmm_parts *the_parts, const struct vmm_config *the_config,
	const struct vmmalloc_backend *the_backend)
{
	bool needs_files;

	parts = the_parts;
	config = the_config;
	backend = the_backend;
	needs_files = config->fork_mode == VMM_FORK_COPY ||
		config->fork_mode == VMM_FORK_COPY_OR_PRIVATE ||
		config->fork_returns;
	for (unsigned int i = 0; needs_files && i < parts->n; i++) {
		struct vmm_pool *pool = parts->part[i];

		if (pool->is_device || pool->file.fd < 0 || pool->stripes.n > 0)
			continue;
		vmm_files_init(&pool->files, pool->place, pool->size,
			pool->unit * pool->page_size);
		vmm_files_refill(&pool->files);
	}
	return vmm_os_atfork(prepare, parent, child, NULL);
}

unsigned long
vmm_fork_count(void)
{
	return count;
}
