/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a program whose system calls all ask this process first (seccomp's user
 * notifications), counts those that our library makes, and lets one of them
 * fail. A call is the library's if its instruction, or the function that has
 * called the C library, lies in the library or in a backend. The calls that an
 * allocator's own library makes, such as libjemalloc's, are not.
 */
#ifndef FAULTS_SUPERVISE_H
#define FAULTS_SUPERVISE_H

#include "tests/faults/calls.h"
#include "tests/faults/marks.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define COUNTS_MAX 1024
#define ALL_CALLS 0

/* How often a kind of call was made, by the n-th process in a phase. */
struct call_count {
	unsigned int phase;
	unsigned int process; /* 0: the program; its children count up */
	struct call_kind kind;
	unsigned int n;
};

struct fault {
	unsigned int phase, process;
	struct call_kind kind;
	unsigned int n; /* from 1, or ALL_CALLS */
	int err;
};

/* The outcome of a run. */
struct run {
	struct call_count count[COUNTS_MAX];
	unsigned int n_counts;
	unsigned int hits; /* calls that failed on purpose */
	int status;	   /* as waitpid's; of the program */
	bool is_hung;
	bool has_left_process;
	char wrong_file[256]; /* a file that the library must not change */
	char text[4096];      /* stderr */
	/* at the mark FAULT_CHECK */
	unsigned int descriptors;
	unsigned long address_pages;
};

/*
 * Runs the command; fault is NULL to count only. allowed begins the names of
 * the files that the library may change. 0, or -1 if the kernel has no
 * notifications.
 */
int supervise(struct run *run, const struct fault *fault, char *const *command,
	const char *allowed, unsigned int seconds);

#endif /* FAULTS_SUPERVISE_H */
