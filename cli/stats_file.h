/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads the fields that this command needs from the report that libvmmalloc
 * writes to VMMALLOC_STATS_FILE (core/stats.c).
 */
#ifndef VMM_STATS_FILE_H
#define VMM_STATS_FILE_H

#include <stdint.h>

struct vmm_stats_file {
	char *core_version; /* of libvmmalloc; NULL if missing */
	/* Of the backend; NULL if missing or empty: */
	char *version;
	char *library_version;
	char *abi;
	int64_t committed_peak; /* bytes; -1 if missing */
};

/*
 * Reads the open file from its start. Returns 0, or -1 if it is not a report;
 * nothing is to be freed then.
 */
int vmm_stats_file_read(int fd, struct vmm_stats_file *stats);
void vmm_stats_file_free(struct vmm_stats_file *stats);

#endif /* VMM_STATS_FILE_H */
