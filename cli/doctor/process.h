/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads /proc about a process and the pool in it, for doctor --pid. */
#ifndef VMM_DOCTOR_PROCESS_H
#define VMM_DOCTOR_PROCESS_H

#include "base/places.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One of the places that the pool lies in. */
struct vmm_process_place {
	char *text;
	uintptr_t start, end; /* addresses; 0: not known */
	uint64_t bytes;	      /* in memory */
};

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

	unsigned int n_places; /* 0: in one directory or on one device */
	struct vmm_process_place place[VMM_PLACES_MAX];
	bool is_in_memory; /* all of them are places in memory */
};

/* A mapping: the line of smaps that begins with its addresses. */
struct vmm_area {
	uintptr_t start, end;
	char rights[5];
	uintptr_t offset;
	const char *path; /* may be "" */
};

/* Whether the line begins a mapping; the path refers to the line then. */
bool vmm_area_parse(char *line, struct vmm_area *area);

/* The last part of the path. */
const char *vmm_area_name(const struct vmm_area *area);

/* Whether the area maps the pool's file in this directory, or this device. */
bool vmm_area_is_pool(const struct vmm_area *area, const char *dir);

/*
 * Finds the places that the environment names, and their addresses. maps is the
 * text of smaps. Does nothing for a pool in one directory or on one device.
 */
void vmm_process_find_places(struct vmm_process *process, const char *maps);

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
