/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls and their errors; see calls.h. */
#include "config.h"

#include "tests/faults/calls.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <sys/syscall.h>

#define ERRORS_MAX 12

struct call {
	int nr;
	const char *name;
	int arg; /* the one that tells kinds apart, or -1 */
	int errors[ERRORS_MAX + 1];
};

/* The likeliest error comes first: a short run tries no other. */
static const struct call calls[] = {
	{ SYS_mmap, "mmap", 3, { ENOMEM, EPERM, EAGAIN, ENODEV, EACCES } },
	{ SYS_munmap, "munmap", -1, { ENOMEM, EINVAL, EPERM } },
	{ SYS_mremap, "mremap", 3,
		{ ENOMEM, EPERM, ENOSYS, EAGAIN, EINVAL, EFAULT } },
	{ SYS_mprotect, "mprotect", -1, { ENOMEM, EACCES, EPERM } },
	{ SYS_madvise, "madvise", 2,
		{ ENOMEM, EPERM, EINVAL, ENOSYS, EINTR, EAGAIN, EFAULT, EIO,
			EBUSY, EHWPOISON, EOPNOTSUPP, ENOSPC } },
	{ SYS_mlock, "mlock", -1, { ENOMEM, EPERM, EAGAIN, ENOSYS } },
	{ SYS_munlock, "munlock", -1, { ENOMEM, EPERM, ENOSYS } },
	{ SYS_mbind, "mbind", 2, { ENOMEM, EPERM, ENOSYS, EINVAL, EIO } },
	{ SYS_get_mempolicy, "get_mempolicy", -1, { EPERM, ENOSYS, EINVAL } },
	{ SYS_openat, "openat", 2,
		{ EMFILE, EACCES, ENFILE, ENOMEM, ENOENT, ENOSPC, EROFS,
			EOPNOTSUPP, EINTR, EPERM, ENOSYS, EIO } },
	{ SYS_close, "close", -1, { EINTR, EIO } },
	{ SYS_read, "read", -1, { EIO, EINTR, EPERM } },
	{ SYS_pread64, "pread64", -1, { EIO, EINTR, EPERM } },
	{ SYS_write, "write", -1, { ENOSPC, EIO, EINTR, EAGAIN, EPERM } },
	{ SYS_pwrite64, "pwrite64", -1,
		{ ENOSPC, EIO, EINTR, EDQUOT, EPERM, ENOSYS } },
	{ SYS_process_vm_writev, "process_vm_writev", -1,
		{ ENOMEM, EPERM, ENOSYS, EFAULT } },
	{ SYS_ftruncate, "ftruncate", -1,
		{ EFBIG, EIO, EPERM, ENOSPC, EINTR, EINVAL } },
	{ SYS_fallocate, "fallocate", 1,
		{ ENOSPC, EIO, EINTR, EDQUOT, EPERM, ENOSYS, EOPNOTSUPP } },
	{ SYS_fstat, "fstat", -1, { EIO, EPERM, ENOSYS, EOVERFLOW } },
	{ SYS_newfstatat, "newfstatat", -1,
		{ EACCES, ENOENT, EIO, EPERM, ENOSYS } },
	{ SYS_fstatfs, "fstatfs", -1, { EIO, EPERM, ENOSYS, EINTR } },
	{ SYS_statfs, "statfs", -1, { EIO, EPERM, ENOSYS, EINTR } },
	{ SYS_fcntl, "fcntl", 1, { EMFILE, EINVAL, EPERM, EBUSY, ENOSYS } },
	{ SYS_ioctl, "ioctl", 1,
		{ ENOTTY, EOPNOTSUPP, EPERM, ENOSPC, EIO, EINTR } },
	{ SYS_memfd_create, "memfd_create", -1,
		{ EMFILE, ENFILE, ENOMEM, ENOSYS, EPERM } },
	{ SYS_unlinkat, "unlinkat", -1, { EACCES, EIO, EBUSY } },
	{ SYS_clone, "clone", -1, { EAGAIN, ENOMEM, EPERM } },
	{ SYS_clone3, "clone3", -1, { EAGAIN, ENOMEM, ENOSYS } },
	{ SYS_wait4, "wait4", -1, { EINTR, ECHILD, EPERM } },
	{ SYS_prlimit64, "prlimit64", -1, { EPERM, ENOSYS, EINVAL } },
	{ SYS_rt_sigprocmask, "rt_sigprocmask", -1, { EPERM, ENOSYS } },
	/*
	 * Only waits: a thread that is not woken sleeps for ever, here as in
	 * the C library.
	 */
	{ SYS_futex, "futex", 1, { EINTR, EAGAIN } },
	/* The C library makes these for each process or thread. */
	{ SYS_set_robust_list, "set_robust_list", -1, { 0 } },
	{ SYS_rseq, "rseq", -1, { 0 } },
	{ SYS_set_tid_address, "set_tid_address", -1, { 0 } },
};

static const struct call *
find(int nr)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == nr)
			return &calls[i];
	return NULL;
}

struct call_kind
call_kind_of(int nr, const uint64_t *args)
{
	const struct call *call = find(nr);
	struct call_kind kind = { nr, 0 };

	if (call != NULL && call->arg >= 0)
		kind.detail = args[call->arg] & 0xffffffffU;
	return kind;
}

void
call_kind_name(struct call_kind kind, char *name, size_t size)
{
	const struct call *call = find(kind.nr);

	if (call == NULL)
		snprintf(name, size, "%d", kind.nr);
	else if (call->arg < 0)
		snprintf(name, size, "%s", call->name);
	else
		snprintf(name, size, "%s.%llx", call->name,
			(unsigned long long)kind.detail);
}

const int *
call_errors(struct call_kind kind)
{
	static const int none[] = { 0 };
	static const int of_sandbox[] = { EPERM, ENOSYS, 0 };
	const struct call *call = find(kind.nr);
	unsigned int operation = (unsigned int)kind.detail & FUTEX_CMD_MASK;

	if (call == NULL)
		return of_sandbox;
	if (kind.nr == SYS_futex && operation != FUTEX_WAIT &&
		operation != FUTEX_WAIT_BITSET)
		return none;
	return call->errors;
}

bool
call_writes(int nr)
{
	return nr == SYS_write || nr == SYS_pwrite64 || nr == SYS_ftruncate ||
		nr == SYS_fallocate;
}
