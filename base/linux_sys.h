/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system calls that core and native make, past the C library on the common
 * 64-bit machines. Another library that is preloaded may replace open, fstat,
 * madvise or clock_gettime, and may allocate in its versions: a malloc that
 * called them with a lock held would wait for itself. Each function returns
 * what the C library's function of the same name returns, and sets errno.
 *
 * On other machines they are the C library's functions. None of these is a
 * cancellation point on any machine.
 */
#ifndef VMM_LINUX_SYS_H
#define VMM_LINUX_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if (defined(__x86_64__) && defined(__LP64__)) || defined(__aarch64__)
#define VMM_SYS_IS_RAW 1
#else
#define VMM_SYS_IS_RAW 0
#endif

#if VMM_SYS_IS_RAW
static inline long
vmm_sys_raw(long n, long a, long b, long c, long d, long e, long f)
{
#ifdef __x86_64__
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile(
		"syscall"
		: "=a"(result)
		: "0"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		: "rcx", "r11", "memory");
	return result;
#else
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
#endif
}

/* The kernel returns errors as -4095 to -1. */
static inline long
vmm_sys_call(long n, long a, long b, long c, long d, long e, long f)
{
	long result = vmm_sys_raw(n, a, b, c, d, e, f);

	if ((unsigned long)result > -4096UL) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

#define VMM_SYS(name, a, b, c, d, e, f)                                      \
	vmm_sys_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), \
		(long)(e), (long)(f))
#else
#include <pthread.h>

/* Calls a function of the C library that would be a cancellation point. */
#define VMM_SYS_NOT_CANCELLED(call)                                      \
	({                                                               \
		int state_;                                              \
		__typeof__(call) result_;                                \
                                                                         \
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state_); \
		result_ = (call);                                        \
		pthread_setcancelstate(state_, NULL);                    \
		result_;                                                 \
	})
#endif

static inline int
vmm_sys_open(int dir, const char *path, int flags, mode_t mode)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(openat, dir, path, flags, mode, 0, 0);
#else
	return VMM_SYS_NOT_CANCELLED(openat(dir, path, flags, mode));
#endif
}

static inline int
vmm_sys_close(int fd)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(close, fd, 0, 0, 0, 0, 0);
#else
	return VMM_SYS_NOT_CANCELLED(close(fd));
#endif
}

static inline ssize_t
vmm_sys_read(int fd, void *to, size_t n)
{
#if VMM_SYS_IS_RAW
	return (ssize_t)VMM_SYS(read, fd, to, n, 0, 0, 0);
#else
	return VMM_SYS_NOT_CANCELLED(read(fd, to, n));
#endif
}

static inline ssize_t
vmm_sys_write(int fd, const void *from, size_t n)
{
#if VMM_SYS_IS_RAW
	return (ssize_t)VMM_SYS(write, fd, from, n, 0, 0, 0);
#else
	return VMM_SYS_NOT_CANCELLED(write(fd, from, n));
#endif
}

static inline int
vmm_sys_fstat(int fd, struct stat *st)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(fstat, fd, st, 0, 0, 0, 0);
#else
	return fstat(fd, st);
#endif
}

static inline int
vmm_sys_fstatfs(int fd, struct statfs *fs)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(fstatfs, fd, fs, 0, 0, 0, 0);
#else
	return fstatfs(fd, fs);
#endif
}

#ifdef STATX_BASIC_STATS
static inline int
vmm_sys_statx(int fd, struct statx *st)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(
		statx, fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, st, 0);
#else
	return statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, st);
#endif
}
#endif

static inline int
vmm_sys_ftruncate(int fd, off_t size)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(ftruncate, fd, size, 0, 0, 0, 0);
#else
	return ftruncate(fd, size);
#endif
}

static inline int
vmm_sys_fallocate(int fd, int mode, off_t offset, off_t size)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(fallocate, fd, mode, offset, size, 0, 0);
#else
	return VMM_SYS_NOT_CANCELLED(fallocate(fd, mode, offset, size));
#endif
}

static inline int
vmm_sys_fcntl(int fd, int command, long arg)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(fcntl, fd, command, arg, 0, 0, 0);
#else
	return fcntl(fd, command, arg);
#endif
}

static inline int
vmm_sys_ioctl(int fd, unsigned long request, const void *arg)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(ioctl, fd, request, arg, 0, 0, 0);
#else
	return ioctl(fd, request, arg);
#endif
}

static inline int
vmm_sys_clock_gettime(clockid_t clock, struct timespec *now)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(clock_gettime, clock, now, 0, 0, 0, 0);
#else
	return clock_gettime(clock, now);
#endif
}

static inline int
vmm_sys_getrlimit(int resource, struct rlimit *limit)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(prlimit64, 0, resource, NULL, limit, 0, 0);
#else
	return getrlimit(resource, limit);
#endif
}

static inline void *
vmm_sys_mmap(void *addr, size_t size, int protection, int flags, int fd,
	off_t offset)
{
#if VMM_SYS_IS_RAW
	return (void *)VMM_SYS(mmap, addr, size, protection, flags, fd, offset);
#else
	return mmap(addr, size, protection, flags, fd, offset);
#endif
}

static inline int
vmm_sys_munmap(void *addr, size_t size)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(munmap, addr, size, 0, 0, 0, 0);
#else
	return munmap(addr, size);
#endif
}

static inline int
vmm_sys_mprotect(void *addr, size_t size, int protection)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(mprotect, addr, size, protection, 0, 0, 0);
#else
	return mprotect(addr, size, protection);
#endif
}

/* to is for MREMAP_FIXED only. */
static inline void *
vmm_sys_mremap(void *addr, size_t old_size, size_t size, int flags, void *to)
{
#if VMM_SYS_IS_RAW
	return (void *)VMM_SYS(mremap, addr, old_size, size, flags, to, 0);
#else
	return mremap(addr, old_size, size, flags, to);
#endif
}

static inline int
vmm_sys_madvise(void *addr, size_t size, int advice)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(madvise, addr, size, advice, 0, 0, 0);
#else
	return madvise(addr, size, advice);
#endif
}

/* The C library has it only since glibc 2.27. */
static inline int
vmm_sys_memfd_create(const char *name, unsigned int flags)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(memfd_create, name, flags, 0, 0, 0, 0);
#else
	return (int)syscall(SYS_memfd_create, name, flags);
#endif
}

/* The C library has neither function. 0, or -1 with errno. */
static inline int
vmm_sys_mbind(void *addr, size_t size, int policy, const unsigned long *nodes,
	unsigned long bits)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(mbind, addr, size, policy, nodes, bits, 0);
#else
	return (int)syscall(SYS_mbind, addr, size, policy, nodes, bits, 0UL);
#endif
}

static inline int
vmm_sys_get_mempolicy(int *policy, unsigned long *nodes, unsigned long bits,
	const void *addr, unsigned long flags)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(get_mempolicy, policy, nodes, bits, addr, flags, 0);
#else
	return (int)syscall(
		SYS_get_mempolicy, policy, nodes, bits, addr, flags);
#endif
}

static inline int
vmm_sys_munlock(const void *addr, size_t size)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(munlock, addr, size, 0, 0, 0, 0);
#else
	return munlock(addr, size);
#endif
}

static inline int
vmm_sys_mlock(const void *addr, size_t size)
{
#if VMM_SYS_IS_RAW
	return (int)VMM_SYS(mlock, addr, size, 0, 0, 0, 0);
#else
	return mlock(addr, size);
#endif
}

static inline ssize_t
vmm_sys_process_vm_writev(pid_t pid, const struct iovec *source,
	unsigned long n_source, const struct iovec *target,
	unsigned long n_target)
{
#if VMM_SYS_IS_RAW
	return (ssize_t)VMM_SYS(
		process_vm_writev, pid, source, n_source, target, n_target, 0);
#else
	return process_vm_writev(pid, source, n_source, target, n_target, 0);
#endif
}

static inline ssize_t
vmm_sys_pwrite(int fd, const void *from, size_t n, off_t offset)
{
#if VMM_SYS_IS_RAW
	return (ssize_t)VMM_SYS(pwrite64, fd, from, n, offset, 0, 0);
#else
	return VMM_SYS_NOT_CANCELLED(pwrite(fd, from, n, offset));
#endif
}

static inline pid_t
vmm_sys_waitpid(pid_t pid, int *status, int options)
{
#if VMM_SYS_IS_RAW
	return (pid_t)VMM_SYS(wait4, pid, status, options, NULL, 0, 0);
#else
	return VMM_SYS_NOT_CANCELLED(waitpid(pid, status, options));
#endif
}

static inline _Noreturn void
vmm_sys_exit(int status)
{
#if VMM_SYS_IS_RAW
	for (;;)
		VMM_SYS(exit_group, status, 0, 0, 0, 0, 0);
#else
	_exit(status);
#endif
}

#endif /* VMM_LINUX_SYS_H */
