/* SPDX-License-Identifier: BSD-3-Clause */
/* Running and measuring one child; see child.h. */
#include "config.h"

#include "cli/child.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
#define STOP_INTERVAL 5000 /* us between looks at a child that ends */
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t signal_seen;
static volatile pid_t group; /* of the running child, or 0 */

static void
pass_on(int signal)
{
	int error = errno;

	if (group != 0)
		kill(-group, signal_seen != 0 ? SIGKILL : signal);
	signal_seen = signal;
	errno = error;
}

void
vmm_child_catch_signals(void)
{
	struct sigaction action = { .sa_handler = pass_on };
	struct sigaction old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < N_SIGNALS; i++)
		sigaddset(&action.sa_mask, signals[i]);
	for (size_t i = 0; i < N_SIGNALS; i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN) /* nohup */
			sigaction(signals[i], &action, NULL);
	}
}

bool
vmm_child_is_interrupted(void)
{
	return signal_seen != 0;
}

_Noreturn void
vmm_child_end_by_signal(void)
{
	int signal = signal_seen;

	sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	raise(signal);
	_exit(128 + signal);
}

/* Returns 0, or -1 with errno. */
static int
redirect(const struct vmm_child *child)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
		dup2(child->stdout_fd, STDOUT_FILENO) < 0 ||
		dup2(child->stderr_fd, STDERR_FILENO) < 0)
		return -1;
	return 0;
}

/*
 * Runs in the child after fork: prepare may change the environment, since the
 * memory is a copy of the parent's.
 */
_Noreturn static void
become(const struct vmm_child *child, pid_t parent, const sigset_t *mask)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	int error;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(VMM_EXIT_CANNOT_EXECUTE);
	for (size_t i = 0; i < N_SIGNALS; i++) {
		struct sigaction old;

		sigaction(signals[i], NULL, &old);
		if (old.sa_handler == pass_on)
			sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_SETMASK, mask, NULL);
	child->prepare(child->arg);
	if (child->seconds != 0)
		alarm(child->seconds);
	if (redirect(child) == 0)
		execvp(child->path, child->argv);
	error = errno;
	vmm_complain("cannot run '%s': %s", child->argv[0], strerror(error));
	_exit(error == ENOENT ? VMM_EXIT_NOT_FOUND : VMM_EXIT_CANNOT_EXECUTE);
}

double
vmm_child_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Returns once the child has ended, or at once if it cannot be watched. */
static void
watch_over(const struct vmm_child *child, pid_t pid)
{
	struct pollfd end = { .events = POLLIN, .fd = -1 };

	if (child->watch == NULL)
		return;
#ifdef SYS_pidfd_open /* Linux 5.3 */
	end.fd = (int)syscall(SYS_pidfd_open, pid, 0);
#endif
	if (end.fd < 0)
		return;
	while (poll(&end, 1, child->watch(child->watcher, pid)) <= 0)
		;
	close(end.fd);
}

/* Returns the process ID; or -1, after a complaint or if a signal has come. */
static pid_t
start(const struct vmm_child *child, bool is_background)
{
	pid_t parent = getpid();
	sigset_t block;
	sigset_t old;
	pid_t pid;

	sigemptyset(&block);
	for (size_t i = 0; i < N_SIGNALS; i++)
		sigaddset(&block, signals[i]);
	/* No signal handler may run between fork and setting group. */
	sigprocmask(SIG_BLOCK, &block, &old);
	if (signal_seen != 0 && !child->is_cleanup) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		return -1;
	}
	pid = fork();
	if (pid == 0)
		become(child, parent, &old);
	if (pid > 0) {
		setpgid(pid, pid); /* in the child too: whichever is first */
		if (!is_background)
			group = pid;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid < 0)
		vmm_complain("cannot run '%s': fork: %s", child->argv[0],
			strerror(errno));
	return pid;
}

int
vmm_child_run(struct vmm_child *child)
{
	double begin = vmm_child_now();
	pid_t pid = start(child, false);

	if (pid < 0)
		return -1;
	watch_over(child, pid);
	while (wait4(pid, &child->status, 0, &child->usage) < 0 &&
		errno == EINTR)
		;
	child->wall = vmm_child_now() - begin;
	/*
	 * Kill what an interrupted command left running. Its process group ID
	 * cannot be reused while the group has a member.
	 */
	if (signal_seen != 0)
		kill(-pid, SIGKILL);
	group = 0;
	return 0;
}

pid_t
vmm_child_start(struct vmm_child *child)
{
	/* Orphans of the child become children of this process. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return start(child, true);
}

/* Adds the usage of another process. */
static void
add_usage(struct rusage *sum, const struct rusage *its)
{
	timeradd(&sum->ru_utime, &its->ru_utime, &sum->ru_utime);
	timeradd(&sum->ru_stime, &its->ru_stime, &sum->ru_stime);
	sum->ru_minflt += its->ru_minflt;
	sum->ru_majflt += its->ru_majflt;
	if (its->ru_maxrss > sum->ru_maxrss)
		sum->ru_maxrss = its->ru_maxrss;
}

void
vmm_child_stop(struct vmm_child *child, pid_t pid, int seconds)
{
	double limit = vmm_child_now() + seconds;
	bool is_killed = false;

	child->usage = (struct rusage){ .ru_maxrss = 0 };
	kill(-pid, SIGTERM);
	/* Until there is no child in the group. */
	for (;;) {
		struct rusage usage;
		int status;
		pid_t ended = wait4(-pid, &status, WNOHANG, &usage);

		if (ended < 0)
			break;
		if (ended > 0) {
			add_usage(&child->usage, &usage);
			if (ended == pid)
				child->status = status;
			continue;
		}
		if (!is_killed && vmm_child_now() > limit) {
			kill(-pid, SIGKILL);
			is_killed = true;
		}
		usleep(STOP_INTERVAL);
	}
}

char *
vmm_child_describe(int status)
{
	if (WIFSIGNALED(status))
		return vmm_text("signal %d (%s)", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	return vmm_text("exit status %d", WEXITSTATUS(status));
}
