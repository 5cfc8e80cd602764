/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The format of a trace of allocation calls, version 2, which the backend
 * record writes and vmmalloc trace and replay read. vmmalloc-trace(5) defines
 * it; this is the same in C. All numbers are little-endian. Version 1 had
 * neither samples nor stacks.
 */
#ifndef VMM_TRACE_FORMAT_H
#define VMM_TRACE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define VMM_TRACE_VERSION 2
#define VMM_TRACE_INFO 0x49544d56u    /* "VMTI": what was recorded, as text */
#define VMM_TRACE_CHUNK 0x43544d56u   /* "VMTC": events of one thread */
#define VMM_TRACE_STACK 0x53544d56u   /* "VMTS": stacks of calls */
#define VMM_TRACE_MODULES 0x4d544d56u /* "VMTM": mapped files, as text */

/* All kinds begin with: magic, size (4 bytes each), hash (8 bytes). */
#define VMM_TRACE_HEAD 16
#define VMM_TRACE_CHUNK_HEAD_1 88 /* in version 1 */
#define VMM_TRACE_CHUNK_HEAD 96
#define VMM_TRACE_STACK_HEAD 32
#define VMM_TRACE_SIZE_MAX ((size_t)1 << 20) /* of one chunk, in bytes */

/* Lanes are numbered from 0, and the blocks of each from 0. */
#define VMM_TRACE_LANES_MAX 4096
#define VMM_TRACE_BLOCKS_MAX (UINT64_C(1) << 44)

/* Flags of a chunk. */
#define VMM_TRACE_LAST 1u /* the thread ends after it */

/* The columns of a chunk, each compressed by itself. */
enum vmm_trace_column {
	VMM_TRACE_TAGS,	  /* one byte per event */
	VMM_TRACE_SIZES,  /* of events that allocate */
	VMM_TRACE_REFS,	  /* of events that free: which block */
	VMM_TRACE_TIMES,  /* markers: events since the last one, nanoseconds */
	VMM_TRACE_STACKS, /* of events that allocate a block; not in version 1
			   */
	VMM_TRACE_COLUMNS,
};
#define VMM_TRACE_COLUMNS_1 4 /* in version 1 */

/* The bytes of each column, uncompressed, are at most this many. */
#define VMM_TRACE_EVENTS_MAX 32768
#define VMM_TRACE_COLUMN_MAX ((size_t)128 << 10)

/* Stacks have numbers from 1 on; 0: not known. */
#define VMM_TRACE_STACKS_MAX ((uint32_t)1 << 18)
#define VMM_TRACE_DEPTH_MAX 256 /* frames */

/* The head of a record of stacks, after that of all kinds. */
struct vmm_trace_stack_head {
	uint32_t version;
	uint32_t first; /* number of its first stack */
	uint32_t n;	/* stacks; the numbers of the others follow */
	uint32_t raw;	/* bytes of their frames, uncompressed */
};

/* The mean bytes between two blocks of a sample are at most this many. */
#define VMM_TRACE_SAMPLE_MAX ((uint32_t)1 << 30)

/* A tag: a kind, how its block is named, and a flag. */
enum vmm_trace_kind {
	VMM_TRACE_MALLOC,
	VMM_TRACE_CALLOC,
	VMM_TRACE_MEMALIGN,
	VMM_TRACE_REALLOC,
	VMM_TRACE_FREE,
	VMM_TRACE_FAILED, /* an allocation that returned NULL */
	VMM_TRACE_KINDS,
};
#define VMM_TRACE_KIND_MASK 0x07
#define VMM_TRACE_REF_OWN 0x00	   /* a block of the same lane: its age */
#define VMM_TRACE_REF_OTHER 0x08   /* of another lane */
#define VMM_TRACE_REF_UNKNOWN 0x10 /* its allocation was not recorded */
#define VMM_TRACE_REF_MASK 0x18
#define VMM_TRACE_MOVED 0x20 /* realloc returned another address */
/* For free: it was realloc, the new block of which is not in the sample. */
#define VMM_TRACE_LEFT 0x20
#define VMM_TRACE_TAG_MASK 0x3f

struct vmm_trace_chunk {
	uint32_t version;
	uint32_t flags;
	uint32_t lane;
	uint32_t thread;
	uint32_t sample; /* mean bytes between two blocks; 0: all blocks */
	uint64_t first;	 /* number of the first block that it allocates */
	uint64_t start;	 /* nanoseconds of a monotonic clock */
	uint32_t events; /* in this chunk */
	uint32_t blocks; /* that it allocates */
	struct {
		uint32_t raw;	 /* bytes */
		uint32_t packed; /* bytes, as one zstd frame */
	} column[VMM_TRACE_COLUMNS];
};

static inline void
vmm_trace_put(uint8_t *to, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

static inline uint64_t
vmm_trace_get(const uint8_t *from, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)from[i] << 8 * i;
	return value;
}

/* FNV-1a, of 64 bits, over 8 bytes at a time and then the rest. */
static inline uint64_t
vmm_trace_hash(const uint8_t *from, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; n >= 8; from += 8, n -= 8)
		hash = (hash ^ vmm_trace_get(from, 8)) * 0x100000001b3u;
	for (; n > 0; from++, n--)
		hash = (hash ^ *from) * 0x100000001b3u;
	return hash;
}

/* Fills in the head of a whole chunk, or text, of size bytes. */
static inline void
vmm_trace_seal(uint8_t *chunk, uint32_t magic, size_t size)
{
	vmm_trace_put(chunk, magic, 4);
	vmm_trace_put(chunk + 4, size, 4);
	vmm_trace_put(chunk + 8,
		vmm_trace_hash(chunk + VMM_TRACE_HEAD, size - VMM_TRACE_HEAD),
		8);
}

static inline void
vmm_trace_put_chunk(uint8_t *to, const struct vmm_trace_chunk *chunk)
{
	vmm_trace_put(to + 16, chunk->version, 2);
	vmm_trace_put(to + 18, chunk->flags, 2);
	vmm_trace_put(to + 20, chunk->lane, 4);
	vmm_trace_put(to + 24, chunk->thread, 4);
	vmm_trace_put(to + 28, chunk->sample, 4);
	vmm_trace_put(to + 32, chunk->first, 8);
	vmm_trace_put(to + 40, chunk->start, 8);
	vmm_trace_put(to + 48, chunk->events, 4);
	vmm_trace_put(to + 52, chunk->blocks, 4);
	for (int i = 0; i < VMM_TRACE_COLUMNS; i++) {
		vmm_trace_put(to + 56 + 8 * i, chunk->column[i].raw, 4);
		vmm_trace_put(to + 60 + 8 * i, chunk->column[i].packed, 4);
	}
}

/* The number of columns, and the bytes of the head, of a chunk. */
static inline int
vmm_trace_columns(const struct vmm_trace_chunk *chunk)
{
	return chunk->version == 1 ? VMM_TRACE_COLUMNS_1 : VMM_TRACE_COLUMNS;
}

static inline size_t
vmm_trace_chunk_head(const struct vmm_trace_chunk *chunk)
{
	return chunk->version == 1 ? VMM_TRACE_CHUNK_HEAD_1
				   : VMM_TRACE_CHUNK_HEAD;
}

/* Of any version; from has at least the bytes of the longest head. */
static inline void
vmm_trace_get_chunk(const uint8_t *from, struct vmm_trace_chunk *chunk)
{
	*chunk = (struct vmm_trace_chunk){
		.version = (uint32_t)vmm_trace_get(from + 16, 2),
		.flags = (uint32_t)vmm_trace_get(from + 18, 2),
		.lane = (uint32_t)vmm_trace_get(from + 20, 4),
		.thread = (uint32_t)vmm_trace_get(from + 24, 4),
		.sample = (uint32_t)vmm_trace_get(from + 28, 4),
		.first = vmm_trace_get(from + 32, 8),
		.start = vmm_trace_get(from + 40, 8),
		.events = (uint32_t)vmm_trace_get(from + 48, 4),
		.blocks = (uint32_t)vmm_trace_get(from + 52, 4),
	};
	for (int i = 0; i < vmm_trace_columns(chunk); i++) {
		chunk->column[i].raw =
			(uint32_t)vmm_trace_get(from + 56 + 8 * i, 4);
		chunk->column[i].packed =
			(uint32_t)vmm_trace_get(from + 60 + 8 * i, 4);
	}
}

static inline void
vmm_trace_get_stack_head(const uint8_t *from, struct vmm_trace_stack_head *head)
{
	*head = (struct vmm_trace_stack_head){
		.version = (uint32_t)vmm_trace_get(from + 16, 2),
		.first = (uint32_t)vmm_trace_get(from + 20, 4),
		.n = (uint32_t)vmm_trace_get(from + 24, 4),
		.raw = (uint32_t)vmm_trace_get(from + 28, 4),
	};
}

/*
 * Numbers in a column: 7 bits per byte, the lowest first; bit 7 says that more
 * follow. At most 10 bytes.
 */
#define VMM_TRACE_NUMBER_MAX 10

static inline uint8_t *
vmm_trace_put_number(uint8_t *to, uint64_t value)
{
	while (value >= 0x80) {
		*to++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*to++ = (uint8_t)value;
	return to;
}

/* Returns the byte after the number, or NULL if the column ends before. */
static inline const uint8_t *
vmm_trace_get_number(const uint8_t *from, const uint8_t *end, uint64_t *value)
{
	uint64_t sum = 0;

	for (unsigned int shift = 0; from < end && shift < 64; shift += 7) {
		uint8_t byte = *from++;

		sum |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*value = sum;
			return from;
		}
	}
	return NULL;
}

/* Signed numbers: 0, -1, 1, -2, ... are 0, 1, 2, 3, ... */
static inline uint64_t
vmm_trace_fold(int64_t value)
{
	return ((uint64_t)value << 1) ^ (value < 0 ? ~UINT64_C(0) : 0);
}

static inline int64_t
vmm_trace_unfold(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

#endif /* VMM_TRACE_FORMAT_H */
