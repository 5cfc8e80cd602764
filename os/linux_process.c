/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: the process as a whole. No allocation here. */
#include "config.h"

#include "os/process.h"

#include "os/seal.h"
#include "os/sealed.h"
#include "base/hot.h"
#include "base/linux_sys.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_LIBC_STACK_END
/* Exported by the dynamic linker: the address of argc on the initial stack. */
extern void *__libc_stack_end;
#endif

#ifdef HAVE_LIBC_SINGLE_THREADED
#include <sys/single_threaded.h>
#endif

size_t
vmm_os_page_size(void)
{
#ifdef VMM_PAGE_SIZE
	return VMM_PAGE_SIZE; /* a multiple of the kernel's, for tests */
#else
	return (size_t)getauxval(AT_PAGESZ);
#endif
}

struct vmm_os_sealed vmm_os_sealed VMM_SEALED_DATA;

#ifdef HAVE_REGISTER_ATFORK
/*
 * glibc links pthread_atfork into each program; it calls this function. dlsym
 * allocates nothing if it finds a name.
 */
typedef int (*register_atfork)(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle);

static register_atfork
find_register_atfork(void)
{
	return (register_atfork)dlsym(RTLD_NEXT, "__register_atfork");
}

int
vmm_os_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	void *dso_handle)
{
	register_atfork add = vmm_os_sealed.register_atfork;

	if (add == NULL) /* too early, or there is no pool: nothing is kept */
		add = find_register_atfork();
	return add != NULL ? add(prepare, parent, child, dso_handle) : ENOSYS;
}
#else
int
vmm_os_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	void *dso_handle)
{
	(void)dso_handle; /* for libraries that are unloaded; this one never is
			   */
	return pthread_atfork(prepare, parent, child);
}
#endif

VMM_HOT_CODE bool
vmm_os_is_single_threaded(void)
{
#ifdef HAVE_LIBC_SINGLE_THREADED
	return __libc_single_threaded != 0;
#else
	return false;
#endif
}

void
vmm_os_process_init(void)
{
#ifdef __GLIBC__
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);

	vmm_os_unseal();
	vmm_os_sealed.register_atfork = find_register_atfork();
	if (libc == NULL)
		return;
	vmm_os_sealed.clone = (int (*)(
		int (*)(void *), void *, int, void *, ...))dlsym(libc, "clone");
	vmm_os_sealed.list_lock = (void (*)(void))dlsym(libc, "_IO_list_lock");
	vmm_os_sealed.list_unlock =
		(void (*)(void))dlsym(libc, "_IO_list_unlock");
	vmm_os_sealed.list_all = (void **)dlsym(libc, "_IO_list_all");
	__atomic_store_n(&vmm_os_sealed.clock,
		(int (*)(clockid_t, struct timespec *))dlsym(
			libc, "clock_gettime"),
		__ATOMIC_RELAXED);
#else
	vmm_os_unseal();
	vmm_os_sealed.clone = (int (*)(int (*)(void *), void *, int, void *,
		...))dlsym(RTLD_NEXT, "clone");
	__atomic_store_n(&vmm_os_sealed.clock, clock_gettime, __ATOMIC_RELAXED);
#endif
}

static struct timespec
read_clock(clockid_t id)
{
	int (*clock)(clockid_t, struct timespec *) =
		__atomic_load_n(&vmm_os_sealed.clock, __ATOMIC_RELAXED);
	struct timespec now = { 0, 0 };

	/* the C library reads it through the vDSO, without a system call */
	if (clock != NULL)
		clock(id, &now);
	else
#if VMM_SYS_IS_RAW
		VMM_SYS(clock_gettime, id, &now, 0, 0, 0, 0);
#else
		clock_gettime(id, &now);
#endif
	return now;
}

uint64_t
vmm_os_clock_ms(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC_COARSE);

	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t
vmm_os_clock_ns(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC);

	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/*
 * The kernel's signal sets have 64 bits, those of the C library may have more.
 */
#define KERNEL_SET_BYTES 8

void
vmm_os_signals_block(struct vmm_os_signals *old)
{
#if VMM_SYS_IS_RAW
	static const unsigned long all = ~0UL;

	VMM_SYS(rt_sigprocmask, SIG_SETMASK, &all, old->mask, KERNEL_SET_BYTES,
		0, 0);
#else
	sigset_t all;

	_Static_assert(sizeof(sigset_t) <= sizeof(old->mask), "fits");
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, (sigset_t *)(void *)old->mask);
#endif
}

void
vmm_os_signals_restore(const struct vmm_os_signals *old)
{
	int err = errno;

#if VMM_SYS_IS_RAW
	VMM_SYS(rt_sigprocmask, SIG_SETMASK, old->mask, NULL, KERNEL_SET_BYTES,
		0, 0);
#else
	pthread_sigmask(
		SIG_SETMASK, (const sigset_t *)(const void *)old->mask, NULL);
#endif
	errno = err;
}

const char *
vmm_os_strerror(int err)
{
#ifdef HAVE_STRERRORDESC_NP
	const char *text = strerrordesc_np(err);
#else
	const char *text = strerror(err);
#endif

	return text != NULL ? text : "unknown error";
}

/*
 * The environment, if the C library has not set environ yet: functions in
 * .preinit_array allocate before that. It lies behind argc, argv and a NULL at
 * the start of the stack, which the dynamic linker knows. musl sets environ
 * before all else.
 */
static char **
initial_environ(void)
{
#ifdef HAVE_LIBC_STACK_END
	long *argc = __libc_stack_end;

	return (char **)(void *)(argc + 1 + *argc + 1);
#else
	static char *empty[1];

	return empty;
#endif
}

const char *
vmm_os_getenv(const char *name)
{
	size_t n = strlen(name);

	if (environ != NULL)
		return secure_getenv(name);
	if (getauxval(AT_SECURE) != 0)
		return NULL;
	for (char **e = initial_environ(); *e != NULL; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

int
vmm_os_cwd(char *path, size_t size)
{
	return getcwd(path, size) != NULL ? 0 : -1;
}

size_t
vmm_os_address_limit(void)
{
	struct rlimit limit;

	if (vmm_sys_getrlimit(RLIMIT_AS, &limit) != 0 ||
		limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	return (size_t)limit.rlim_cur;
}
