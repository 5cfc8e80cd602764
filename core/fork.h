/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to the pool at fork (VMMALLOC_FORK). All state of one fork is in
 * a struct on the stack of the thread that forks, so that forks within forks
 * and beside each other do not meet.
 *
 * Three ways lead here. The exported fork() calls begin, the next fork(), and
 * end: what can fail does so before there is a child, and fork() returns -1.
 * Callers that get past it (daemon, forkpty) come through the fork handlers
 * only; then a failure ends the child. Functions that make a process without
 * running any handlers (_Fork, clone) call begin, lock, and end.
 *
 * No allocation here.
 */
#ifndef VMM_FORK_H
#define VMM_FORK_H

#include "core/copy.h"
#include "core/env.h"
#include "vmmalloc/backend.h"

#include <stdbool.h>
#include <sys/types.h>

struct vmm_pool;

/* How the process is made; 0: by fork(), with handlers. */
enum {
	VMM_FORK_RAW = 1,	   /* without handlers */
	VMM_FORK_SIGNAL_SAFE = 2,  /* acquires the core's lock only */
	VMM_FORK_SHARES_FILES = 4, /* the child has our table of descriptors */
	VMM_FORK_WRITES_HEAP =
		8, /* in the child, before it could adopt a copy */
};

struct vmm_fork {
	struct vmm_fork
		*outer; /* this fork is made within that one's handlers */
	unsigned int flags;
	enum { VMM_FORK_BEGUN, VMM_FORK_LOCKED, VMM_FORK_DONE } state;
	bool has_locks; /* false in a process with one thread: needs none */
	bool has_copy;
	bool has_failed; /* too late for fork() to fail: the child must end */
	bool is_late;	 /* begun by the handlers */
	struct vmm_copy copy;
	void *marker; /* a mapping of the marker, for the child; or NULL */
};

/*
 * Registers the fork handlers; to be called before anybody else registers any
 * (see os/atfork.h). config and backend are read at fork time. 0, or an error
 * number.
 */
int vmm_fork_init(struct vmm_pool *pool, const struct vmm_config *config,
	const struct vmmalloc_backend *backend);

/*
 * Makes the pool ready for a child. 0, or -1 with an errno that the function
 * that forks returns then: ENOMEM, or EAGAIN if a signal handler interrupted
 * the heap in a process with several threads; end is not called.
 */
int vmm_fork_begin(struct vmm_fork *fork, unsigned int flags);

/* For a process that is made without handlers: what the handlers do. */
void vmm_fork_lock(struct vmm_fork *fork);

/*
 * In parent and child, with what the function that forks returned (0 in the
 * child): what it is to return in its place.
 */
pid_t vmm_fork_end(struct vmm_fork *fork, pid_t pid);

/* The process's forks so far. */
unsigned long vmm_fork_count(void);

#endif /* VMM_FORK_H */
