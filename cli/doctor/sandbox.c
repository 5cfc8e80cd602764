/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a filter of system calls would stop the library. */
#include "config.h"

#include "cli/doctor/doctor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADD(id, result, ...)                               \
	vmm_findings_add(&doctor->findings, VMM_FIND_##id, \
		VMM_RESULT_##result, __VA_ARGS__)

/* Whether this process has a filter: the line "Seccomp:\t2". */
static bool
is_filtered(void)
{
	char text[8192];
	const char *line;

	vmm_doctor_read_text("/proc/self/status", text, sizeof(text));
	line = strstr(text, "\nSeccomp:");
	return line != NULL && line[10] == '2';
}

/* Calls it in a child, which the filter may kill. Returns its wait status. */
static int
try_call(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		signal(SIGSYS, SIG_DFL);
		errno = 0;
		syscall(SYS_process_vm_writev, (long)getpid(), NULL, 0L, NULL,
			0L, 0L);
		_exit(errno == EPERM || errno == ENOSYS);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

void
vmm_doctor_check_sandbox(struct vmm_doctor *doctor)
{
	int status;

	if (!is_filtered()) {
		ADD(SECCOMP, OK, "no filter");
		return;
	}
	status = try_call();
	if (!WIFSIGNALED(status))
		ADD(SECCOMP, OK, "a filter answers process_vm_writev%s",
			WEXITSTATUS(status) != 0 ? " with an error" : "");
	else if (vmm_doctor_fork_mode() >= 2)
		ADD(SECCOMP, ERROR,
			"a filter kills a process that calls "
			"process_vm_writev, as a fork in mode 2 or 3 does");
	else
		ADD(SECCOMP, WARNING,
			"a filter kills a process that calls "
			"process_vm_writev, as a fork in mode 2 or 3 would");
}
