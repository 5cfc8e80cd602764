/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One child process at a time, in a process group of its own, measured. A
 * SIGINT, SIGTERM or SIGHUP that reaches us is passed on to the group (a
 * second one kills it), so that a caller can clean up and end as it should.
 */
#ifndef VMM_CHILD_H
#define VMM_CHILD_H

#include <stdbool.h>
#include <sys/resource.h>

struct vmm_child {
	/* Set by the caller: */
	const char *path;	       /* what to execute */
	char *const *argv;	       /* its arguments, from its name on */
	void (*prepare)(const void *); /* runs in the child before exec */
	const void *arg;	       /* for prepare */
	int stdout_fd;
	int stderr_fd;
	unsigned int seconds; /* then SIGALRM ends it; 0: never */
	/* Filled in: */
	int status;  /* as from wait(2) */
	double wall; /* seconds, from before fork to after wait */
	struct rusage usage;
};

/* Starts to catch the signals. */
void vmm_child_catch_signals(void);

/* Whether a signal has come. */
bool vmm_child_is_interrupted(void);

/* Ends this process by the signal that came. */
_Noreturn void vmm_child_end_by_signal(void);

/*
 * Runs the child with /dev/null to read. 0, or -1 after a complaint, or, said
 * nothing, where a signal has come before.
 */
int vmm_child_run(struct vmm_child *child);

/* "exit status 3" or "signal 11 (Segmentation fault)", for free(3). */
char *vmm_child_describe(int status);

#endif /* VMM_CHILD_H */
