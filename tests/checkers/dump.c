/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For scripts/coverage: linked with each program, library and plugin, so that
 * the counters of all of them are written also when a process ends without exit
 * handlers: by _exit, abort or exec, or by vmm_fatal while the library starts.
 * A process that a signal ends loses them.
 *
 * Each file has counters, and a function that writes them, of its own. The list
 * of these functions is the one of the program, which exports it; others find
 * it in their constructor. Programs without this file have no list.
 */
#include "base/format.h"
#include "core/bootstrap.h"
#include "core/init.h"
#include "tests/faults/marks.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DUMPS_MAX 32

/* NULL in what is linked without the library's objects. */
#pragma weak vmm_bootstrap_alloc
#pragma weak vmm_bootstrap_init
#pragma weak vmm_format_va
#pragma weak vmm_is_started
__attribute__((weak, noreturn)) void __real_vmm_fatal(const char *fmt, ...);

extern void __gcov_dump(void);

__attribute__((visibility("default"))) void (*vmm_coverage_dumps[DUMPS_MAX])(
	void);
static void (**dumps)(void);

static void
dump(void)
{
	__gcov_dump();
}

static __attribute__((constructor)) void
enter(void)
{
	size_t i = 0;

	dumps = dlsym(RTLD_DEFAULT, "vmm_coverage_dumps");
	if (dumps == NULL)
		return;
	while (i < DUMPS_MAX - 1 && dumps[i] != NULL)
		i++;
	dumps[i] = dump;
}

static __attribute__((destructor)) void
leave(void)
{
	if (dumps == NULL)
		return;
	for (size_t i = 0; i < DUMPS_MAX; i++)
		if (dumps[i] == dump)
			dumps[i] = NULL;
}

static const int limits[] = { RLIMIT_AS, RLIMIT_DATA, RLIMIT_FSIZE,
	RLIMIT_NOFILE };
#define N_LIMITS (sizeof(limits) / sizeof(limits[0]))

/* A test may have left the process with too little to write files. */
static void
lift_limits(struct rlimit *old)
{
	for (size_t i = 0; i < N_LIMITS; i++) {
		struct rlimit limit;

		getrlimit(limits[i], &limit);
		old[i] = limit;
		limit.rlim_cur = limit.rlim_max;
		setrlimit(limits[i], &limit);
	}
}

/* tests/faults lets what follows alone: none of it is the library's. */
static void
enter_phase(enum fault_phase phase)
{
	syscall(SYS_getppid, FAULT_MARK, phase);
}

/* After the other destructors, and before that of gcc, which writes the files.
 */
static __attribute__((destructor(101))) void
begin_last(void)
{
	struct rlimit old[N_LIMITS];

	enter_phase(FAULT_NONE);
	lift_limits(old);
}

/* After that; the library's own destructors may follow. */
#pragma GCC diagnostic ignored "-Wprio-ctor-dtor"
static __attribute__((destructor(99))) void
end_last(void)
{
	enter_phase(FAULT_EXIT);
}

static void
dump_all(void)
{
	struct rlimit old[N_LIMITS];

	enter_phase(FAULT_NONE);
	lift_limits(old);
	if (dumps == NULL)
		__gcov_dump();
	else
		for (size_t i = 0; i < DUMPS_MAX; i++)
			if (dumps[i] != NULL)
				dumps[i]();
	for (size_t i = 0; i < N_LIMITS; i++)
		setrlimit(limits[i], &old[i]);
}

__attribute__((visibility("hidden"), noreturn)) void
_exit(int status)
{
	dump_all();
	syscall(SYS_exit_group, status);
	__builtin_unreachable();
}

__attribute__((visibility("hidden"), noreturn)) void
abort(void)
{
	struct sigaction action;

	/* a handler of the program runs, and may not return here */
	if (sigaction(SIGABRT, NULL, &action) == 0 &&
		action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN)
		raise(SIGABRT);
	dump_all();
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	syscall(SYS_exit_group, 127);
	__builtin_unreachable();
}

__attribute__((visibility("hidden"))) int
execve(const char *path, char *const argv[], char *const envp[])
{
	dump_all();
	return (int)syscall(SYS_execve, path, argv, envp);
}

__attribute__((visibility("hidden"))) int
execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

static int
commit(char *from, char *to)
{
	(void)from;
	(void)to;
	return 0;
}

/*
 * Callers of vmm_fatal come here: ld --wrap. It ends the process by a system
 * call until the library has started, and by abort, see above, from then on. To
 * write the counters the C library allocates, for which there may be no pool
 * yet.
 */
__attribute__((visibility("hidden"), noreturn, format(printf, 1, 2))) void
__wrap_vmm_fatal(const char *fmt, ...)
{
	static char blocks[1 << 20], text[8192];
	static bool is_again;
	va_list ap;

	if (!is_again && (vmm_is_started == NULL || !vmm_is_started())) {
		is_again = true;
		if (vmm_bootstrap_alloc != NULL &&
			vmm_bootstrap_alloc(1, sizeof(text), 0) == NULL)
			vmm_bootstrap_init(
				blocks, blocks + sizeof(blocks), commit);
		dump_all();
	}
	va_start(ap, fmt);
	vmm_format_va(text, sizeof(text), fmt, ap);
	va_end(ap);
	__real_vmm_fatal("%s", text);
}
