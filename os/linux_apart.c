/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform on Linux: a function that runs with descriptors of its own. No
 * allocation here.
 */
#include "config.h"

#include "os/process.h"

#include "base/linux_sys.h"
#include "os/sealed.h"

#include <errno.h>
#include <sched.h>

#define STACK_SIZE ((size_t)64 << 10)

struct apart {
	int (*run)(void *arg);
	void *arg;
	int err; /* -1 until the function has returned, then errno or 0 */
};

static int
run(void *arg)
{
	struct apart *apart = arg;
	int err = apart->run(apart->arg) == 0 ? 0 : errno;

	apart->err = err;
	return err;
}

/*
 * The new process shares the memory, but gets a copy of the descriptors (no
 * CLONE_FILES). The calling thread waits in the kernel until it has ended
 * (CLONE_VFORK), so both can use the same thread-local variables. Its end sends
 * no signal. The program can reap it only by a wait with __WALL or __WCLONE; as
 * it may, the exit status is used only in emulators, which do not share the
 * memory.
 */
static int
run_in_process(int (*function)(void *arg), void *arg)
{
	struct apart apart = { function, arg, -1 };
	int status = -1;
	char *stack;
	pid_t pid;

	if (vmm_os_sealed.clone == NULL) {
		errno = ENOSYS;
		return -1;
	}
	stack = vmm_sys_mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -1;
	pid = vmm_os_sealed.clone(
		run, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK, &apart);
	if (pid < 0) /* a limit, or a sandbox */
		apart.err = ENOSYS;
	else
		while (vmm_sys_waitpid(pid, &status, __WALL) < 0 &&
			errno == EINTR)
			;
	vmm_sys_munmap(stack, STACK_SIZE);
	if (apart.err < 0)
		apart.err = WIFEXITED(status) ? WEXITSTATUS(status) : ENOSYS;
	errno = apart.err;
	return apart.err == 0 ? 0 : -1;
}

int
vmm_os_run_apart(int (*function)(void *arg), void *arg)
{
	struct vmm_os_signals old;
	int r;

	vmm_os_signals_block(&old);
	r = vmm_os_is_single_threaded() ? function(arg)
					: run_in_process(function, arg);
	vmm_os_signals_restore(&old);
	return r;
}
