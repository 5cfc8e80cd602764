/* SPDX-License-Identifier: BSD-3-Clause */
/* Which processes there are with a statistics page, and their names. */
#ifndef VMM_LIVE_PROCESS_H
#define VMM_LIVE_PROCESS_H

#include "cli/live/page.h"

struct vmm_live_process {
	pid_t pid, parent;
	uint64_t start; /* of the process, in ticks since the machine's */
	char name[32];
	uint64_t resident; /* bytes of the whole process */
	struct vmmalloc_page page;
};

/* The processes that a list has. */
struct vmm_live_choice {
	char **pids;		/* these processes, up to a NULL; none: all */
	pid_t tree;		/* this one and its descendants; 0: all */
	unsigned int sample_ms; /* wait as long for the bytes in blocks */
};

struct vmm_live_list {
	struct vmm_live_process *processes;
	size_t n;
	size_t refused; /* have the library, but may not be traced */
};

/*
 * Lists processes by ascending number. Those that were named and cannot be read
 * are complained about. Returns 0, or -1 if there was such a complaint or one
 * about a number that is none. Release with vmm_live_list_free.
 */
int vmm_live_list(
	struct vmm_live_list *list, const struct vmm_live_choice *choice);
void vmm_live_list_free(struct vmm_live_list *list);

/* The process with this number, or NULL. */
const struct vmm_live_process *vmm_live_find(
	const struct vmm_live_list *list, pid_t pid);

#endif /* VMM_LIVE_PROCESS_H */
