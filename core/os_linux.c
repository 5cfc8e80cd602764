/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform layer on Linux, but for files and memory. No allocation here.
 */
#include "config.h"

#include "core/os.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_LIBC_STACK_END
/* Exported by the dynamic linker, for what lies there at the start. */
extern void *__libc_stack_end;
#endif

size_t
vmm_os_page_size(void)
{
#ifdef VMM_PAGE_SIZE
	return VMM_PAGE_SIZE; /* a multiple of the kernel's, for tests */
#else
	return (size_t)sysconf(_SC_PAGESIZE);
#endif
}

#ifdef HAVE_REGISTER_ATFORK
/*
 * In glibc pthread_atfork is linked into each program, and calls this. dlsym
 * allocates nothing where it finds a name.
 */
int
vmm_os_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	void *dso_handle)
{
	static int (*next)(
		void (*)(void), void (*)(void), void (*)(void), void *);

	if (next == NULL)
		next = (int (*)(void (*)(void), void (*)(void), void (*)(void),
			void *))dlsym(RTLD_NEXT, "__register_atfork");
	return next != NULL ? next(prepare, parent, child, dso_handle) : ENOSYS;
}
#else
int
vmm_os_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	void *dso_handle)
{
	(void)dso_handle; /* for handlers of what is unloaded; we are not */
	return pthread_atfork(prepare, parent, child);
}
#endif

uint64_t
vmm_os_clock_ms(void)
{
	struct timespec now;

	/* from the vDSO, without a system call; steps of 1 to 10 ms */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
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
 * The environment of a program whose C library has not yet set environ:
 * functions in .preinit_array allocate before that. It lies behind argc, argv
 * and a NULL at the start of the stack, which the dynamic linker knows. musl
 * sets environ first of all.
 */
static char **
initial_environ(void)
{
#ifdef HAVE_LIBC_STACK_END
	long *argc = __libc_stack_end;

	return (char **)(void *)(argc + 1 + *argc + 1);
#else
	static char *none[1];

	return none;
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
