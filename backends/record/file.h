/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file of a trace. Each process has one; it is made when the first chunk is
 * written. Several threads may compress at once, each with a packer that it has
 * locked; the other functions need the lock of the lanes.
 */
#ifndef VMM_RECORD_FILE_H
#define VMM_RECORD_FILE_H

#include "base/trace_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VMM_PACKERS 4

/*
 * Keeps the pattern for names of files, the process whose file has no number if
 * the pattern has no %p, and the name of the backend; gets the memory for
 * compression. 0, or -1 with errno. Once.
 */
int vmm_record_file_init(const char *pattern, pid_t first, const char *backend);

/* Begins the file of this process, which may be the child of a fork. */
void vmm_record_file_begin(bool is_child);

/*
 * Compresses a chunk, of which the sizes in packed are not known yet, into the
 * memory of a packer. Its columns are this many bytes apart. Returns the bytes
 * of the chunk, or 0.
 */
size_t vmm_record_file_pack(int packer, struct vmm_trace_chunk *chunk,
	const uint8_t *columns, size_t distance);

/*
 * Appends stacks, whose frames are in this column, and before that the mapped
 * files, if they have changed.
 */
void vmm_record_file_write_stacks(
	uint32_t first, uint32_t n, const uint8_t *column, size_t size);

/*
 * Appends the chunk of a packer. If that fails, one message is printed, and
 * nothing is written from then on.
 */
void vmm_record_file_write(int packer, size_t size);

#endif /* VMM_RECORD_FILE_H */
