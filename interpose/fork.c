/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions that make a process. fork: the pool is made ready for a child
 * before there is one, so that fork itself can fail with ENOMEM; the fork
 * handlers do the rest. _Fork, clone and the system calls run no handlers:
 * without these functions a child with memory of its own would share the pool
 * with its parent. clone and syscall are passed on if they make a thread, or a
 * child that shares memory until exec.
 */
#include "config.h"

#include "interpose/export.h"

#include "base/hot.h"
#include "core/fork.h"
#include "core/init.h"
#include "core/next.h"
#include "core/ops.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
fail_without_next(void)
{
	errno = ENOSYS;
	return -1;
}

VMM_HOT_CODE VMM_EXPORT pid_t
fork(void)
{
	struct vmm_fork fork;

	if (!vmm_is_started()) {
		pid_t (*next)(void) = (pid_t(*)(void))vmm_next("fork");

		return next != NULL ? next() : fail_without_next();
	}
	if (vmm_fork_begin(&fork, 0) != 0)
		return -1;
	return vmm_fork_end(&fork, vmm_next_ops.fork());
}

/* May be called by a signal handler (POSIX). */
VMM_EXPORT pid_t
_Fork(void)
{
	struct vmm_fork fork;

	if (vmm_next_ops.fork_raw == NULL)
		return fail_without_next();
	if (!vmm_is_started())
		return vmm_next_ops.fork_raw();
	if (vmm_fork_begin(&fork, VMM_FORK_RAW | VMM_FORK_SIGNAL_SAFE) != 0)
		return -1;
	vmm_fork_lock(&fork);
	return vmm_fork_end(&fork, vmm_next_ops.fork_raw());
}

/* Whether a child with these flags has memory of its own. */
static bool
copies_memory(unsigned long flags)
{
	return (flags & CLONE_VM) == 0;
}

/*
 * Whether the kernel writes the child's ID to the heap, before the child has a
 * copy.
 */
static bool
writes_to_heap(unsigned long flags, const void *child_tid)
{
	return (flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) != 0 &&
		vmm_ops_owns(child_tid);
}

static unsigned int
fork_flags(unsigned long flags, const void *stack, const void *child_tid)
{
	return VMM_FORK_RAW |
		(flags & CLONE_FILES ? VMM_FORK_SHARES_FILES : 0) |
		(vmm_ops_owns(stack) || writes_to_heap(flags, child_tid)
				? VMM_FORK_WRITES_HEAP
				: 0);
}

/* The function that a child of clone runs, once its memory is its own. */
struct clone_start {
	struct vmm_fork *fork;
	int (*run)(void *);
	void *arg;
};

static int
run_clone(void *arg)
{
	struct clone_start start = *(struct clone_start *)arg;

	vmm_fork_end(start.fork, 0);
	return start.run(start.arg);
}

VMM_EXPORT int
clone(int (*run)(void *), void *stack, int flags, void *arg, ...)
{
	struct vmm_fork fork;
	struct clone_start start = { &fork, run, arg };
	pid_t *parent_tid, *child_tid;
	void *tls;
	va_list ap;

	va_start(ap, arg); /* arguments that were not passed are not used */
	parent_tid = va_arg(ap, pid_t *);
	tls = va_arg(ap, void *);
	child_tid = va_arg(ap, pid_t *);
	va_end(ap);
	if (vmm_next_ops.clone == NULL)
		return fail_without_next();
	if (!copies_memory((unsigned long)flags) || !vmm_is_started())
		return vmm_next_ops.clone(
			run, stack, flags, arg, parent_tid, tls, child_tid);
	if (vmm_fork_begin(&fork,
		    fork_flags((unsigned long)flags, stack, child_tid)) != 0)
		return -1;
	vmm_fork_lock(&fork);
	return vmm_fork_end(&fork,
		vmm_next_ops.clone(run_clone, stack, flags, &start, parent_tid,
			tls, child_tid));
}

/*
 * The flags of a system call that makes a process, and where the kernel stores
 * the child's ID; CLONE_VM for all others. The order of clone's arguments
 * depends on the machine.
 */
static unsigned long
flags_of_call(long n, long a, long b, long d, long e, const void **child_tid)
{
	switch (n) {
#ifdef SYS_fork
	case SYS_fork:
		return 0;
#endif
#ifdef SYS_clone
	case SYS_clone:
		/* with a stack, the C library's function would not return */
#if defined(__s390x__)
		*child_tid = (const void *)d;
		return a == 0 ? (unsigned long)b : CLONE_VM;
#elif defined(__x86_64__)
		*child_tid = (const void *)d;
		return b == 0 ? (unsigned long)a : CLONE_VM;
#else
		*child_tid = (const void *)e;
		return b == 0 ? (unsigned long)a : CLONE_VM;
#endif
#endif
#ifdef SYS_clone3
	case SYS_clone3:
		/* struct clone_args: flags come first, the stack's size 7th */
		if ((size_t)b < 8 * sizeof(uint64_t))
			return CLONE_VM;
		*child_tid = (const void *)(uintptr_t)((const uint64_t *)a)[2];
		return ((const uint64_t *)a)[6] == 0
			? (unsigned long)*(const uint64_t *)a
			: CLONE_VM;
#endif
	default:
		return CLONE_VM;
	}
	(void)d;
	(void)e;
}

static long
call_fork(unsigned int flags, long n, long a, long b, long c, long d, long e,
	long f)
{
	struct vmm_fork fork;

	if (vmm_fork_begin(&fork, flags) != 0)
		return -1;
	vmm_fork_lock(&fork);
	return vmm_fork_end(
		&fork, (pid_t)vmm_next_ops.syscall(n, a, b, c, d, e, f));
}

/* For calls before the constructor that looks up the next one. */
static long
syscall_early(long n, long a, long b, long c, long d, long e, long f)
{
	long (*next)(long, long, long, long, long, long, long) = (long (*)(
		long, long, long, long, long, long, long))vmm_next("syscall");

	return next != NULL ? next(n, a, b, c, d, e, f) : fail_without_next();
}

/*
 * Has another name here, because unistd.h declares syscall with a variable
 * number of arguments. Six are passed on, however many there are, as the C
 * library does.
 */
VMM_EXPORT long vmm_syscall(long n, long a, long b, long c, long d, long e,
	long f) __asm__("syscall");

long
vmm_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	const void *child_tid = NULL;
	unsigned long flags = flags_of_call(n, a, b, d, e, &child_tid);

	if (vmm_next_ops.syscall == NULL)
		return syscall_early(n, a, b, c, d, e, f);
	if (!copies_memory(flags) || !vmm_is_started())
		return vmm_next_ops.syscall(n, a, b, c, d, e, f);
	return call_fork(
		fork_flags(flags, NULL, child_tid), n, a, b, c, d, e, f);
}
