/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The report that libvmmalloc writes to VMMALLOC_STATS_FILE (core/stats.c), as
 * far as this command looks at it. A reader of its own: the command is useful
 * where there is no library for JSON.
 */
#ifndef VMM_STATS_FILE_H
#define VMM_STATS_FILE_H

#include <stdint.h>

/*
 * The text of the string field of an object of the report, {"object":
 * {"field": "text"}}, for free(3). NULL where it is not there, empty, or
 * report is no such JSON.
 */
char *vmm_stats_file_string(
	const char *report, const char *object, const char *field);

/* The same for a whole number that is not negative; else -1. */
int64_t vmm_stats_file_number(
	const char *report, const char *object, const char *field);

/* All of the open file, from its start, for free(3); NULL with errno. */
char *vmm_stats_file_read(int fd);

#endif /* VMM_STATS_FILE_H */
