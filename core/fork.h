/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The treatment of the pool at fork (VMMALLOC_FORK). All state of one fork is
 * in a struct on the stack of the thread that forks, or in a thread-local one
 * if the fork handlers begin the fork. So nested forks, and concurrent forks of
 * several threads, do not share state.
 *
 * There are three ways to get here. The exported fork() calls begin, the next
 * fork(), and end; fork() returns -1 if the pool cannot be made ready for a
 * child. Callers that bypass it (daemon, forkpty) only run the fork handlers; a
 * failure then ends the child. Functions that make a process without running
 * any handlers (_Fork, clone) call begin, lock, and end.
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

struct vmm_parts;

/* How the process is made; 0: by fork(), with handlers. */
enum {
	VMM_FORK_RAW = 1,	   /* without handlers */
	VMM_FORK_SIGNAL_SAFE = 2,  /* acquires only the core's lock */
	VMM_FORK_SHARES_FILES = 4, /* the child has our descriptor table */
	VMM_FORK_WRITES_HEAP = 8,  /* the child's heap is written to before it
				      could adopt a copy */
};

/* The state of one part of the pool. */
struct vmm_fork_part {
	bool has_copy;
	struct vmm_copy copy;
	void *marker; /* a mapping that the child inherits, or NULL */
};

struct vmm_fork {
	struct vmm_fork *outer; /* the fork that this is nested in, or NULL */
	unsigned int flags;
	enum { VMM_FORK_BEGUN, VMM_FORK_LOCKED, VMM_FORK_DONE } state;
	uint64_t begun_ms;
	bool must_lock;	 /* false in a process with one thread */
	bool has_failed; /* the child got no copy: it must exit at once */
	bool is_late;	 /* begun by the handlers */
	struct vmm_fork_part first;
	struct vmm_fork_part *more; /* of other parts, in private memory */
};

/*
 * Registers the fork handlers. Must be called before any other code registers
 * some (see os/atfork.h). config and backend are read at fork time. 0, or an
 * error number.
 */
int vmm_fork_init(struct vmm_parts *parts, const struct vmm_config *config,
	const struct vmmalloc_backend *backend);

/*
 * Makes the pool ready for a child. 0, or -1 with the errno that the function
 * that forks must return: ENOMEM; or EAGAIN if the process has several threads
 * and this one holds the core's lock, because the caller is a signal handler
 * that interrupted the heap. After -1 the caller must not call end.
 */
int vmm_fork_begin(struct vmm_fork *fork, unsigned int flags);

/*
 * If the process is made without handlers: does what the prepare handler does.
 */
void vmm_fork_lock(struct vmm_fork *fork);

/*
 * In parent and child: pid is what the function that forks got (0 in the
 * child). Returns what it must return instead.
 */
pid_t vmm_fork_end(struct vmm_fork *fork, pid_t pid);

/* The number of forks of this process so far. */
unsigned long vmm_fork_count(void);

#endif /* VMM_FORK_H */
