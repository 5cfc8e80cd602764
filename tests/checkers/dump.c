/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For scripts/coverage: linked with each program, library and plugin, so that
 * the counters of all of them are written also when a process ends without exit
 * handlers: by _exit, abort or exec. A process that a signal ends loses them.
 *
 * Each file has counters, and a function that writes them, of its own. The list
 * of these functions is the one of the program, which exports it; others find
 * it in their constructor. Programs without this file have no list.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DUMPS_MAX 32

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

static void
dump_all(void)
{
	if (dumps == NULL) {
		__gcov_dump();
		return;
	}
	for (size_t i = 0; i < DUMPS_MAX; i++)
		if (dumps[i] != NULL)
			dumps[i]();
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
