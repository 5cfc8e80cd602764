/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The files for the output of runs: stdout and stderr in unnamed files,
 * libvmmalloc's reports in a directory in $TMPDIR (/tmp).
 */
#ifndef VMM_SCRATCH_H
#define VMM_SCRATCH_H

#include <stdint.h>

struct vmm_scratch {
	char *dir;
	char *stats_file; /* for VMMALLOC_STATS_FILE: one file per process */
	int stdout_fd;	  /* of the current run */
	int stderr_fd;
	int reference_fd; /* stdout of the reference run */
};

/* Returns 0, or -1 after a complaint; there is nothing to close then. */
int vmm_scratch_open(struct vmm_scratch *scratch);
void vmm_scratch_close(struct vmm_scratch *scratch);

/* Empties the files of the current run. Returns 0, or -1 after a complaint. */
int vmm_scratch_reset(const struct vmm_scratch *scratch);

/* Makes the stdout of the current run the reference. */
void vmm_scratch_keep_reference(struct vmm_scratch *scratch);

/*
 * Removes the reports of the current run. Returns the largest peak of committed
 * bytes in them, or -1 if there was no report.
 */
int64_t vmm_scratch_take_pool_peak(const struct vmm_scratch *scratch);

#endif /* VMM_SCRATCH_H */
