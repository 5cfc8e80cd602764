/* SPDX-License-Identifier: BSD-3-Clause */
/* A program whose system calls fail; see supervise.h. */
#define _GNU_SOURCE
#include "config.h"

#include "tests/faults/supervise.h"

#include "tests/faults/tracee.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 64

/* Shared with the program until it is executed: the listener's number. */
static volatile int *listener_number;

/* One run; the processes that it has had so far, and their phases. */
static struct {
	struct run *run;
	const struct fault *fault;
	const char *allowed;
	struct {
		pid_t pid;
		unsigned int phase;
	} process[PROCESSES_MAX];
	unsigned int n_processes;
	unsigned int fork_phase; /* of new processes */
} state;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* These end a thread, or return from a signal handler: nothing may be asked. */
static int
install_filter(void)
{
	static const int allowed[] = { SYS_rt_sigreturn, SYS_exit,
		SYS_exit_group, SYS_restart_syscall };
	struct sock_filter filter[16];
	struct sock_fprog program = { 0, filter };
	unsigned int flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	long fd;

	filter[program.len++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		filter[program.len++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
				(unsigned int)allowed[i], 0, 1);
		filter[program.len++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	filter[program.len++] = (struct sock_filter)BPF_STMT(
		BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
#ifdef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
	if (fd >= 0)
		return (int)fd;
#endif
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	return (int)fd;
}

static _Noreturn void
run_command(char *const *command, int err)
{
	int fd;

	setpgid(0, 0);
	dup2(err, STDERR_FILENO);
	dup2(err, STDOUT_FILENO);
	if (getenv("FAULTS_PRELOAD") != NULL)
		setenv("LD_PRELOAD", getenv("FAULTS_PRELOAD"), 1);
	fd = install_filter();
	__atomic_store_n(listener_number, fd >= 0 ? fd : -2, __ATOMIC_RELEASE);
	if (fd >= 0)
		execvp(command[0], command);
	_exit(126);
}

/* The listener of a program that was just started, or -1. */
static int
get_listener(pid_t pid)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int number, fd;

	if (process < 0)
		return -1;
	while ((number = __atomic_load_n(listener_number, __ATOMIC_ACQUIRE)) ==
		-1)
		sched_yield();
	fd = number < 0 ? -1
			: (int)syscall(SYS_pidfd_getfd, process, number, 0);
	close(process);
	return fd;
}

/* The index of a process, which is new if no call of it was seen yet. */
static unsigned int
index_of(pid_t pid)
{
	unsigned int i = 0;

	while (i < state.n_processes && state.process[i].pid != pid)
		i++;
	if (i == state.n_processes && i < PROCESSES_MAX) {
		state.process[i].pid = pid;
		state.process[i].phase =
			i == 0 ? (unsigned int)FAULT_START : state.fork_phase;
		state.n_processes++;
	}
	return i < PROCESSES_MAX ? i : PROCESSES_MAX - 1;
}

static void
enter_phase(unsigned int process, unsigned int phase)
{
	struct run *run = state.run;
	pid_t pid = state.process[process].pid;

	state.process[process].phase = phase;
	if (phase == FAULT_FORK || phase == FAULT_FORK_THREADS)
		state.fork_phase = phase;
	else if (process == 0 && phase != FAULT_NONE)
		state.fork_phase = FAULT_NONE;
	if (phase != FAULT_CHECK)
		return;
	run->descriptors = tracee_count_descriptors(pid);
	run->address_pages = tracee_count_pages(pid);
}

/* Counts the call; returns which of its kind it is. */
static unsigned int
count_call(unsigned int process, unsigned int phase, struct call_kind kind)
{
	struct run *run = state.run;
	struct call_count *c = run->count;

	for (; c < run->count + run->n_counts; c++)
		if (c->phase == phase && c->process == process &&
			c->kind.nr == kind.nr && c->kind.detail == kind.detail)
			return ++c->n;
	if (run->n_counts == COUNTS_MAX)
		return 0;
	run->n_counts++;
	*c = (struct call_count){ phase, process, kind, 1 };
	return 1;
}

/* The library changes its own files, and writes to stderr. */
static void
check_file(const struct seccomp_notif *request)
{
	struct run *run = state.run;
	int fd = (int)request->data.args[0];
	char name[256];

	if (fd == STDERR_FILENO)
		return;
	tracee_file((pid_t)request->pid, fd, name, sizeof(name));
	if (strncmp(name, state.allowed, strlen(state.allowed)) != 0 &&
		strcmp(name, getenv("VMMALLOC_STATS_FILE")) != 0 &&
		strncmp(name, "/memfd:libvmmalloc", 18) != 0)
		memcpy(run->wrong_file, name, sizeof(name));
}

/* The error that the call must return, or 0. */
static int
decide(const struct seccomp_notif *request)
{
	const struct fault *fault = state.fault;
	int nr = request->data.nr;
	const uint64_t *args = (const uint64_t *)request->data.args;
	unsigned int process = index_of(tracee_process((pid_t)request->pid));
	struct call_kind kind = call_kind_of(nr, args);
	unsigned int phase, n;

	if (nr == SYS_getppid && args[0] == FAULT_MARK) {
		enter_phase(process, (unsigned int)args[1]);
		return 0;
	}
	if ((nr == SYS_mmap || nr == SYS_mprotect) && (args[2] & PROT_EXEC))
		tracee_mapped_code();
	phase = state.process[process].phase;
	if (phase >= FAULT_PHASES || call_errors(kind)[0] == 0 ||
		!tracee_is_ours(
			(pid_t)request->pid, request->data.instruction_pointer))
		return 0;
	n = count_call(process, phase, kind);
	if (call_writes(nr))
		check_file(request);
	if (fault == NULL || fault->phase != phase ||
		fault->process != process || fault->kind.nr != nr ||
		fault->kind.detail != kind.detail ||
		(fault->n != ALL_CALLS && fault->n != n))
		return 0;
	state.run->hits++;
	return fault->err;
}

static void
answer(int listener)
{
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp response = { 0 };
	int err;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
		return; /* the thread was terminated */
	err = decide(&request);
	response.id = request.id;
	response.error = -err;
	response.flags = err == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* Answers until no process has the filter any more, or for this long. */
static bool
answer_all(int listener, double seconds)
{
	struct pollfd poll_one = { .fd = listener, .events = POLLIN };
	double end = now() + seconds;

	while (now() < end) {
		if (poll(&poll_one, 1, 200) <= 0)
			continue;
		if (poll_one.revents & POLLIN)
			answer(listener);
		else if (poll_one.revents & (POLLHUP | POLLERR))
			return true;
	}
	return false;
}

static int
start(char *const *command, int err, pid_t *pid)
{
	if (listener_number == NULL) {
		void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (page == MAP_FAILED)
			return -1;
		listener_number = page;
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	}
	*listener_number = -1;
	fflush(NULL);
	*pid = fork();
	if (*pid == 0)
		run_command(command, err);
	return *pid < 0 ? -1 : get_listener(*pid);
}

static void
read_text(struct run *run, int fd)
{
	ssize_t n = pread(fd, run->text, sizeof(run->text) - 1, 0);

	run->text[n > 0 ? n : 0] = '\0';
}

int
supervise(struct run *run, const struct fault *fault, char *const *command,
	const char *allowed, unsigned int seconds)
{
	int err = memfd_create("stderr", MFD_CLOEXEC);
	int listener;
	pid_t pid;

	memset(run, 0, sizeof(*run));
	memset(&state, 0, sizeof(state));
	state.run = run;
	state.fault = fault;
	state.allowed = allowed;
	state.fork_phase = FAULT_NONE;
	tracee_reset();
	listener = start(command, err, &pid);
	if (listener < 0) {
		close(err);
		return -1;
	}
	/* nothing of it runs on beside the checks that follow */
	run->is_hung = !answer_all(listener, seconds);
	if (run->is_hung) {
		run->has_left_process =
			waitpid(pid, &run->status, WNOHANG) != 0;
		kill(-pid, SIGKILL);
	}
	close(listener);
	if (!run->has_left_process)
		waitpid(pid, &run->status, 0);
	tracee_end_children();
	read_text(run, err);
	close(err);
	return 0;
}
