/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions that make a process. fork: the pool is made ready for a child before
 * there is one, so that fork itself can fail with ENOMEM; the rest is done by
 * the fork handlers. _Fork, clone and the system calls run no handlers: a child
 * with memory of its own would share the pool with its parent. clone and
 * syscall are passed on if they make a thread, or share memory until exec.
 */
#include "config.h"

#include "interpose/export.h"

#include "core/fork.h"
#include "core/init.h"
#include "core/ops.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef pid_t fork_function(void);
typedef int clone_function(int (*run)(void *), void *stack, int flags, void *arg,
	pid_t *parent_tid, void *tls, pid_t *child_tid);
typedef long syscall_function(
	long n, long a, long b, long c, long d, long e, long f);

static struct {
	fork_function *fork;
	fork_function *fork_raw;
	clone_function *clone;
	syscall_function *syscall;
} next;

/*
 * In the constructor, because _Fork and syscall may be called by a signal
 * handler; earlier calls look up on their own.
 */
__attribute__((constructor)) static void
find_next(void)
{
	next.fork = (fork_function *)dlsym(RTLD_NEXT, "fork");
	next.fork_raw = (fork_function *)dlsym(RTLD_NEXT, "_Fork");
	next.clone = (clone_function *)dlsym(RTLD_NEXT, "clone");
	next.syscall = (syscall_function *)dlsym(RTLD_NEXT, "syscall");
}

static int
fail_without_next(void)
{
	errno = ENOSYS;
	return -1;
}

VMM_EXPORT pid_t
fork(void)
{
	struct vmm_fork fork;

	if (next.fork == NULL)
		find_next();
	if (next.fork == NULL)
		return fail_without_next();
	if (!vmm_is_started())
		return next.fork();
	if (vmm_fork_begin(&fork, 0) != 0)
		return -1;
	return vmm_fork_end(&fork, next.fork());
}

/* POSIX: may be called by a signal handler. */
VMM_EXPORT pid_t
_Fork(void)
{
	struct vmm_fork fork;

	if (next.fork_raw == NULL)
		find_next();
	if (next.fork_raw == NULL)
		return fail_without_next();
	if (!vmm_is_started())
		return next.fork_raw();
	if (vmm_fork_begin(&fork, VMM_FORK_RAW | VMM_FORK_SIGNAL_SAFE) != 0)
		return -1;
	vmm_fork_lock(&fork);
	return vmm_fork_end(&fork, next.fork_raw());
}

/* Whether a child with these flags has memory of its own. */
static bool
copies_memory(unsigned long flags)
{
	return (flags & CLONE_VM) == 0;
}

static unsigned int
fork_flags(unsigned long flags, const void *stack)
{
	return VMM_FORK_RAW |
		(flags & CLONE_FILES ? VMM_FORK_SHARES_FILES : 0) |
		(vmm_ops_owns(stack) ? VMM_FORK_ON_HEAP_STACK : 0);
}

/* What a child of clone runs, after its memory was made its own. */
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

	va_start(ap, arg); /* what is not there is not looked at */
	parent_tid = va_arg(ap, pid_t *);
	tls = va_arg(ap, void *);
	child_tid = va_arg(ap, pid_t *);
	va_end(ap);
	if (next.clone == NULL)
		find_next();
	if (next.clone == NULL)
		return fail_without_next();
	if (!copies_memory((unsigned long)flags) || !vmm_is_started())
		return next.clone(
			run, stack, flags, arg, parent_tid, tls, child_tid);
	if (vmm_fork_begin(&fork, fork_flags((unsigned long)flags, stack)) != 0)
		return -1;
	vmm_fork_lock(&fork);
	return vmm_fork_end(&fork,
		next.clone(run_clone, stack, flags, &start, parent_tid, tls,
			child_tid));
}

/* The flags of a system call that makes a process; CLONE_VM for all others. */
static unsigned long
flags_of_call(long n, long a, long b)
{
	switch (n) {
#ifdef SYS_fork
	case SYS_fork:
		return 0;
#endif
#ifdef SYS_clone
	case SYS_clone:
#ifdef __s390x__
		return (unsigned long)b;
#else
		/* with a stack, the C library's function would not return */
		return b == 0 ? (unsigned long)a : CLONE_VM;
#endif
#endif
#ifdef SYS_clone3
	case SYS_clone3:
		/* struct clone_args: flags come first, the stack's size 7th */
		if ((size_t)b < 8 * sizeof(uint64_t))
			return CLONE_VM;
		return ((const uint64_t *)a)[6] == 0
			? (unsigned long)*(const uint64_t *)a
			: CLONE_VM;
#endif
	default:
		return CLONE_VM;
	}
}

static long
call_fork(unsigned long flags, long n, long a, long b, long c, long d, long e,
	long f)
{
	struct vmm_fork fork;

	if (vmm_fork_begin(&fork, fork_flags(flags, NULL)) != 0)
		return -1;
	vmm_fork_lock(&fork);
	return vmm_fork_end(&fork, (pid_t)next.syscall(n, a, b, c, d, e, f));
}

/*
 * By another name, because unistd.h declares syscall with a variable number of
 * arguments: six are passed on, however many there are, as the C library does.
 */
VMM_EXPORT long vmm_syscall(long n, long a, long b, long c, long d, long e,
	long f) __asm__("syscall");

long
vmm_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	unsigned long flags = flags_of_call(n, a, b);

	if (next.syscall == NULL)
		find_next();
	if (next.syscall == NULL)
		return fail_without_next();
	if (!copies_memory(flags) || !vmm_is_started())
		return next.syscall(n, a, b, c, d, e, f);
	return call_fork(flags, n, a, b, c, d, e, f);
}
