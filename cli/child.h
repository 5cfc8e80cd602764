/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs and measures one child at a time, in a process group of its own. A
 * SIGINT, SIGTERM or SIGHUP that this process receives is passed on to the
 * group (a second one kills it), so that the caller can clean up and then end
 * by the same signal.
 */
#ifndef VMM_CHILD_H
#define VMM_CHILD_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct vmm_child {
	/* Set by the caller: */
	const char *path;	       /* what to execute */
	char *const *argv;	       /* its arguments, from its name on */
	void (*prepare)(const void *); /* runs in the child before exec */
	const void *arg;	       /* for prepare */
	int stdout_fd;
	int stderr_fd;
	unsigned int seconds; /* SIGALRM ends it after this time; 0: never */
	bool is_cleanup;      /* runs even if a signal has come */
	/*
	 * Is called again and again while the child runs; returns the ms until
	 * the next call. NULL: none.
	 */
	int (*watch)(void *watcher, pid_t pid);
	void *watcher;
	/* Set by vmm_child_run: */
	int status;  /* as from wait(2) */
	double wall; /* seconds, from before fork to after wait */
	struct rusage usage;
};

/* Installs the signal handlers. */
void vmm_child_catch_signals(void);

/* Whether a signal has come. */
bool vmm_child_is_interrupted(void);

/* Ends this process with the signal that came. */
_Noreturn void vmm_child_end_by_signal(void);

/*
 * Runs the child with stdin from /dev/null. Returns 0; -1 after a complaint; or
 * -1 without one if a signal had already come, unless it is a cleanup.
 */
int vmm_child_run(struct vmm_child *child);

/* Seconds of a clock that is never set. */
double vmm_child_now(void);

/*
 * Starts the child without waiting. Returns its process ID, or -1 as
 * vmm_child_run does. Signals are not passed on to it.
 */
pid_t vmm_child_start(struct vmm_child *child);

/*
 * Ends a child that was started, and its group: by SIGTERM and, after this many
 * seconds, by SIGKILL. Sets its status, and its usage to that of the group.
 */
void vmm_child_stop(struct vmm_child *child, pid_t pid, int seconds);

/*
 * Describes it: "exit status 3" or "signal 11 (Segmentation fault)", for
 * free(3).
 */
char *vmm_child_describe(int status);

#endif /* VMM_CHILD_H */
