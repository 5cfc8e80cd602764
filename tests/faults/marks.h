/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How tests/faults/workload tells tests/faults/inject what it does: by a system
 * call that ignores its arguments. A fault is injected in one phase only.
 */
#ifndef FAULTS_MARKS_H
#define FAULTS_MARKS_H

#include <sys/syscall.h>

#define FAULT_MARK 0x766d6d66L /* the first argument of getppid */

enum fault_phase {
	FAULT_START,	    /* until main */
	FAULT_STEADY,	    /* blocks come and go */
	FAULT_FORK,	    /* in a process with one thread */
	FAULT_THREADS,	    /* as STEADY, in several threads */
	FAULT_FORK_THREADS, /* in a process that has had several */
	FAULT_PURGE,	    /* malloc_trim */
	FAULT_EXIT,	    /* after main */
	FAULT_PHASES,
	FAULT_NONE = FAULT_PHASES, /* the program's own calls, and checks */
	FAULT_CHECK		   /* descriptors and mappings are counted */
};

#define FAULT_PHASE_NAMES                                                      \
	{                                                                      \
		"start", "steady", "fork", "threads", "fork-threads", "purge", \
			"exit",                                                \
	}

#endif /* FAULTS_MARKS_H */
