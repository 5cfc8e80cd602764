/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The statistics page of another process (vmmalloc/page.h). What is read from
 * it may be forged, if the process is another user's: texts are cleaned, and
 * numbers are only printed.
 */
#ifndef VMM_LIVE_PAGE_H
#define VMM_LIVE_PAGE_H

#include "vmmalloc/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* An open page; all numbers are those of its last reading. */
struct vmm_live_page {
	struct vmmalloc_page page;
	int memory; /* descriptor of /proc/PID/mem */
	uint64_t address;
	bool has_library; /* set as well if it could not be opened */
};

/*
 * Finds and reads the page of a process. Returns 0, or -1 with errno: ESRCH if
 * there is no such process, EACCES or EPERM if this user may not read it,
 * ENOENT if it has no library with a page, EPROTO if the page is of another
 * version. Close with vmm_live_page_close.
 */
int vmm_live_page_open(struct vmm_live_page *live, pid_t pid);
void vmm_live_page_close(struct vmm_live_page *live);

/*
 * Why a page could not be opened, for an errno value and a process: a text that
 * goes behind "process 1: ".
 */
const char *vmm_live_page_why(int err);

/*
 * Asks for the bytes in blocks: they are in the page that is read when the
 * process has taken a slow path. Returns 0, or -1 with errno.
 */
int vmm_live_page_sample(struct vmm_live_page *live);

/*
 * Makes a request and waits for the answer, up to this many ms. Returns 0 with
 * the result, or -1 with errno: ETIMEDOUT if the process does not answer, ESRCH
 * if it ends.
 */
int vmm_live_page_ask(struct vmm_live_page *live, uint32_t command,
	unsigned int timeout_ms, int *result);

/* The report of the last answer, for free(3); NULL with errno. */
char *vmm_live_page_report(const struct vmm_live_page *live);

#endif /* VMM_LIVE_PAGE_H */
