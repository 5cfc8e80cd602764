/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of traces for tests of their reader, in the variable file. */
#ifndef VMM_MAKE_TRACE_H
#define VMM_MAKE_TRACE_H

#include "base/trace_format.h"
#include "cli/cli.h"
#include "cli/trace/reader.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#define PIECE 100 /* events of a chunk */

/* A column that is being written. */
struct column {
	uint8_t bytes[4096];
	uint8_t *end;
};

static struct column columns[VMM_TRACE_COLUMNS];
static uint8_t file[1 << 16];
static size_t size;
static int fd;
static char path[32];
static uint32_t version; /* of the chunks that are written */
static uint32_t mean;	 /* bytes of a sample, likewise */

static inline void
put(int column, uint64_t value)
{
	columns[column].end = vmm_trace_put_number(columns[column].end, value);
}

static inline void
put_tag(uint8_t tag)
{
	*columns[VMM_TRACE_TAGS].end++ = tag;
}

static inline void
begin_columns(void)
{
	for (int i = 0; i < VMM_TRACE_COLUMNS; i++)
		columns[i].end = columns[i].bytes;
}

/* As vmm_trace_put_chunk, which writes the last version only. */
static inline void
put_chunk(uint8_t *to, const struct vmm_trace_chunk *chunk)
{
	uint8_t head[VMM_TRACE_CHUNK_HEAD];

	vmm_trace_put_chunk(head, chunk);
	memcpy(to + VMM_TRACE_HEAD, head + VMM_TRACE_HEAD,
		vmm_trace_chunk_head(chunk) - VMM_TRACE_HEAD);
}

static inline void
end_chunk(struct vmm_trace_chunk chunk)
{
	uint8_t *start = file + size;
	size_t n;

	chunk.version = version;
	if (chunk.sample == 0)
		chunk.sample = mean;
	chunk.events = (uint32_t)(columns[0].end - columns[0].bytes);
	n = vmm_trace_chunk_head(&chunk);
	for (int i = 0; i < vmm_trace_columns(&chunk); i++) {
		size_t raw = (size_t)(columns[i].end - columns[i].bytes);
		size_t packed = ZSTD_compress(start + n,
			sizeof(file) - size - n, columns[i].bytes, raw, 1);

		ck_assert(!ZSTD_isError(packed));
		chunk.column[i].raw = (uint32_t)raw;
		chunk.column[i].packed = (uint32_t)packed;
		n += packed;
	}
	put_chunk(start, &chunk);
	vmm_trace_seal(start, VMM_TRACE_CHUNK, n);
	size += n;
}

/* A chunk of this many mallocs of first, first + 1, ... bytes. */
static inline void
write_mallocs(uint32_t lane, uint64_t first, uint64_t start)
{
	begin_columns();
	for (uint64_t i = 0; i < PIECE; i++) {
		put_tag(VMM_TRACE_MALLOC);
		put(VMM_TRACE_SIZES, first + i);
	}
	end_chunk((struct vmm_trace_chunk){ .lane = lane,
		.thread = lane + 1,
		.first = first,
		.start = start });
}

static inline void
save(size_t n)
{
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(pwrite(fd, file, n, 0), (ssize_t)n);
}

static inline void
begin_file(void)
{
	fd = memfd_create("trace", 0);
	ck_assert_int_ge(fd, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	size = 0;
	version = VMM_TRACE_VERSION;
	mean = 0;
	free(vmm_complaint_take());
}

static inline void
end_file(void)
{
	close(fd);
}

/* Reads all of the file; returns the number of events, or -1. */
static inline long
count_events(struct vmm_trace_reader *reader)
{
	struct vmm_trace_event event;
	long n = 0;

	if (vmm_trace_open(reader, path) != 0)
		return -1;
	while (vmm_trace_next(reader, &event))
		n++;
	vmm_trace_close(reader);
	return n;
}

static inline void
write_record(uint32_t magic, const void *bytes, size_t n)
{
	memcpy(file + size + VMM_TRACE_HEAD, bytes, n);
	vmm_trace_seal(file + size, magic, VMM_TRACE_HEAD + n);
	size += VMM_TRACE_HEAD + n;
}

/* Two stacks, with the numbers first and first + 1: a, b; and a, c. */
static inline void
write_stacks(uint32_t first, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t frames[][2] = { { a, b }, { a, c } };
	uint8_t bytes[500], column[200];
	uint8_t *at = column;

	for (int i = 0; i < 2; i++) {
		at = vmm_trace_put_number(at, 2);
		at = vmm_trace_put_number(
			at, vmm_trace_fold((int64_t)frames[i][0]));
		at = vmm_trace_put_number(at,
			vmm_trace_fold((int64_t)(frames[i][1] - frames[i][0])));
	}
	vmm_trace_put(bytes, VMM_TRACE_VERSION, 4);
	vmm_trace_put(bytes + 4, first, 4);
	vmm_trace_put(bytes + 8, 2, 4);
	vmm_trace_put(bytes + 12, (uint64_t)(at - column), 4);
	write_record(VMM_TRACE_STACK, bytes,
		16 +
			ZSTD_compress(bytes + 16, sizeof(bytes) - 16, column,
				(size_t)(at - column), 1));
}

#endif /* VMM_MAKE_TRACE_H */
