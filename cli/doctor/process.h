/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads /proc about a process and the pool in it, for doctor --pid. */
#ifndef VMM_DOCTOR_PROCESS_H
#define VMM_DOCTOR_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vmm_process {
	pid_t pid;
	char *environment; /* of its start: strings, then an empty one */

	char *library; /* paths of what it has mapped; NULL: nothing */
	char *plugin;
	char *pool;	      /* the file, as /proc names it */
	uintptr_t start, end; /* addresses of the pool; 0: not known */

	/* Bytes of the pool's address range that are in memory. */
	uint64_t shared;    /* of the pool's file */
	uint64_t private;   /* of that file, copy-on-write after a fork */
	uint64_t anonymous; /* ordinary memory */
	uint64_t huge;	    /* those of them in huge pages */
	bool is_private;    /* some of the file is mapped copy-on-write */
};

/*
 * Reads all of it. Returns 0, or -1 with errno if the process does not exist or
 * may not be examined. Release with vmm_process_free.
 */
int vmm_process_read(struct vmm_process *process, pid_t pid);
void vmm_process_free(struct vmm_process *process);

/* The value of a variable, or fallback. */
const char *vmm_process_getenv(const struct vmm_process *process,
	const char *name, const char *fallback);

/*
 * Reads a file of /proc/PID whole, with a zero byte (two for the environment)
 * after it: for free(3), or NULL with errno.
 */
char *vmm_process_read_file(pid_t pid, const char *name);

#endif /* VMM_DOCTOR_PROCESS_H */
