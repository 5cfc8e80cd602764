/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads the fields that this command needs from the report that libvmmalloc
 * writes to VMMALLOC_STATS_FILE (core/stats.c). It has its own parser, because
 * the command must also work in a build without a JSON library.
 */
#ifndef VMM_STATS_FILE_H
#define VMM_STATS_FILE_H

#include <stdint.h>

/*
 * Returns the string field of an object of the report, {"object": {"field":
 * "text"}}, for free(3). Returns NULL if it is missing or empty, or if the
 * report is not such JSON.
 */
char *vmm_stats_file_string(
	const char *report, const char *object, const char *field);

/* Returns a whole number that is not negative in the same way, otherwise -1. */
int64_t vmm_stats_file_number(
	const char *report, const char *object, const char *field);

/* Reads the whole open file from its start, for free(3); NULL with errno. */
char *vmm_stats_file_read(int fd);

#endif /* VMM_STATS_FILE_H */
