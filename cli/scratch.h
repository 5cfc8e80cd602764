/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a comparison keeps what runs write: their output in files without
 * names, libvmmalloc's reports in a folder in $TMPDIR (/tmp).
 */
#ifndef VMM_SCRATCH_H
#define VMM_SCRATCH_H

#include <stdint.h>

struct vmm_scratch {
	char *dir;
	char *stats_file; /* for VMMALLOC_STATS_FILE: a file a process */
	int stdout_fd;	  /* of the current run */
	int stderr_fd;
	int reference_fd; /* stdout of the run that others must equal */
};

/* 0, or -1 after a complaint; then there is nothing to close. */
int vmm_scratch_open(struct vmm_scratch *scratch);
void vmm_scratch_close(struct vmm_scratch *scratch);

/* Empties the files of the current run; 0, or -1 after a complaint. */
int vmm_scratch_reset(const struct vmm_scratch *scratch);

/* Makes the current run's stdout the reference. */
void vmm_scratch_keep_reference(struct vmm_scratch *scratch);

/*
 * Removes the reports of the current run. The largest peak of committed bytes
 * in them, or -1 where there was none.
 */
int64_t vmm_scratch_take_pool_peak(const struct vmm_scratch *scratch);

#endif /* VMM_SCRATCH_H */
