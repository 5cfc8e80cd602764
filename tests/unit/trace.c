/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The format of traces, and their reader: what is written is read, of a damaged
 * or cut file all that is whole, and no file makes the reader fail. And the
 * calls of a replay, with their times and memory.
 */
#include "config.h"

#include "base/trace_format.h"
#include "cli/cli.h"
#include "cli/replay/calls.h"
#include "cli/replay/result.h"
#include "cli/trace/lane.h"
#include "cli/trace/reader.h"
#include "cli/trace/stacks.h"

#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
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

static void
put(int column, uint64_t value)
{
	columns[column].end = vmm_trace_put_number(columns[column].end, value);
}

static void
put_tag(uint8_t tag)
{
	*columns[VMM_TRACE_TAGS].end++ = tag;
}

static void
begin_columns(void)
{
	for (int i = 0; i < VMM_TRACE_COLUMNS; i++)
		columns[i].end = columns[i].bytes;
}

/* As vmm_trace_put_chunk, which writes the last version only. */
static void
put_chunk(uint8_t *to, const struct vmm_trace_chunk *chunk)
{
	uint8_t head[VMM_TRACE_CHUNK_HEAD];

	vmm_trace_put_chunk(head, chunk);
	memcpy(to + VMM_TRACE_HEAD, head + VMM_TRACE_HEAD,
		vmm_trace_chunk_head(chunk) - VMM_TRACE_HEAD);
}

static void
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
static void
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

static void
save(size_t n)
{
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(pwrite(fd, file, n, 0), (ssize_t)n);
}

static void
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

static void
end_file(void)
{
	close(fd);
}

/* Reads all of the file; returns the number of events, or -1. */
static long
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

START_TEST(reads_numbers)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 300, 1u << 31,
		UINT64_MAX / 2, UINT64_MAX };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint8_t bytes[VMM_TRACE_NUMBER_MAX];
		const uint8_t *end = vmm_trace_put_number(bytes, values[i]);
		uint64_t value = 0;

		ck_assert_ptr_eq(vmm_trace_get_number(bytes, end, &value), end);
		ck_assert_uint_eq(value, values[i]);
		ck_assert_ptr_null(
			vmm_trace_get_number(bytes, end - 1, &value));
		ck_assert_uint_eq(
			vmm_trace_fold(vmm_trace_unfold(values[i])), values[i]);
	}
}
END_TEST

/* Chunks of version 1, among others. */
START_TEST(reads_old_files)
{
	struct vmm_trace_reader reader;

	version = 1;
	write_mallocs(0, 0, 1);
	write_mallocs(0, PIECE, 2);
	version = 2;
	write_mallocs(0, 2 * PIECE, 3);
	save(size);
	ck_assert_int_eq(count_events(&reader), 3 * PIECE);
	ck_assert_uint_eq(reader.damaged, 0);
}
END_TEST

/* Each block of a sample stands for as many as its size says, on average. */
START_TEST(weighs_samples)
{
	static const struct {
		uint64_t size, sample;
		double weight;
	} cases[] = { { 1, 1000, 1000.5 }, { 0, 1000, 1000.5 },
		{ 100, 1000, 10.508 }, { 1000, 1000, 1.582 },
		{ 100000, 1000, 1 }, { 16, 1 << 30, 67108864.5 } };
	struct vmm_trace_reader reader;
	struct vmm_trace_event event;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double sum = 0;

		size = 0;
		mean = (uint32_t)cases[i].sample;
		begin_columns();
		for (int k = 0; k < 1000; k++) {
			put_tag(VMM_TRACE_MALLOC);
			put(VMM_TRACE_SIZES, cases[i].size);
		}
		end_chunk((struct vmm_trace_chunk){ .thread = 1, .first = 7 });
		save(size);
		ck_assert_int_eq(vmm_trace_open(&reader, path), 0);
		ck_assert_uint_eq(reader.sample, mean);
		while (vmm_trace_next(&reader, &event))
			sum += event.weight;
		vmm_trace_close(&reader);
		ck_assert(fabs(sum / 1000 - cases[i].weight) <
			0.02 * cases[i].weight);
	}
}
END_TEST

static void
write_record(uint32_t magic, const void *bytes, size_t n)
{
	memcpy(file + size + VMM_TRACE_HEAD, bytes, n);
	vmm_trace_seal(file + size, magic, VMM_TRACE_HEAD + n);
	size += VMM_TRACE_HEAD + n;
}

/* Two stacks, with the numbers first and first + 1: a, b; and a, c. */
static void
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

/*
 * The second file is mapped in the place of the first one; both stay known for
 * the stacks that were written meanwhile.
 */
START_TEST(reads_stacks)
{
	static const char one[] =
		"1000 2000 0 ab12 /one\n8000 9000 10 - /two\n";
	static const char two[] = "1000 3000 500 - /three\n";
	struct vmm_trace_reader reader;
	struct vmm_trace_stacks stacks;
	struct vmm_trace_event event;
	const struct vmm_trace_location *location;
	struct vmm_trace_stack stack;

	write_record(VMM_TRACE_MODULES, one, sizeof(one) - 1);
	write_stacks(1, 0x1800, 0x8800, 0x100);
	write_record(VMM_TRACE_MODULES, two, sizeof(two) - 1);
	write_stacks(3, 0x1800, 0x8800, 0x1900);
	begin_columns();
	for (uint64_t i = 1; i <= 4; i++) {
		put_tag(VMM_TRACE_MALLOC);
		put(VMM_TRACE_SIZES, 10 * i);
		put(VMM_TRACE_STACKS, i);
		put_tag(VMM_TRACE_FREE);
		put(VMM_TRACE_REFS, 1);
	}
	end_chunk((struct vmm_trace_chunk){ .lane = 0, .thread = 1 });
	save(size);

	ck_assert_int_eq(vmm_trace_open(&reader, path), 0);
	ck_assert_uint_eq(reader.damaged, 0);
	vmm_trace_stacks_read(&stacks, &reader);
	for (uint32_t i = 1; i <= 4; i++) {
		ck_assert(vmm_trace_next(&reader, &event));
		ck_assert_uint_eq(event.stack, i);
		ck_assert_uint_eq(event.size, 10 * i);
		ck_assert(vmm_trace_next(&reader, &event));
		stack = vmm_trace_stacks_get(&stacks, i);
		ck_assert_uint_eq(stack.n, 2);
		location = &stacks.locations[stacks.frames[stack.first]];
		ck_assert_uint_eq(location->address, 0x1800);
		ck_assert_str_eq(stacks.modules[location->module].path,
			i < 3 ? "/one" : "/three");
		location = &stacks.locations[stacks.frames[stack.first + 1]];
		if (i == 1 || i == 3)
			ck_assert_str_eq(
				stacks.modules[location->module].path, "/two");
		if (i == 2)
			ck_assert(location->module == SIZE_MAX);
	}
	ck_assert_uint_eq(vmm_trace_stacks_get(&stacks, 5).n, 0);
	ck_assert_str_eq(stacks.modules[0].build_id, "ab12");
	vmm_trace_stacks_free(&stacks);
	vmm_trace_close(&reader);
}
END_TEST

/* Stacks with a right hash and wrong contents. */
START_TEST(survives_wrong_stacks)
{
	struct vmm_trace_reader reader;
	struct vmm_trace_stacks stacks;
	unsigned int seed = 1;

	for (int round = 0; round < 2000; round++) {
		static const char text[] = "1000 2000 0 ab12 /one\n";
		size_t at, first;

		size = 0;
		write_mallocs(0, 0, 1);
		write_record(VMM_TRACE_MODULES, text, sizeof(text) - 1);
		first = size;
		write_stacks(1, 0x1800, 0x8800, 0x100);
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			at = first + VMM_TRACE_HEAD + 4 +
				(seed >> 8) %
					(size - first - VMM_TRACE_HEAD - 4);
			file[at] ^= (uint8_t)(seed >> 24);
		}
		vmm_trace_seal(file + first, VMM_TRACE_STACK, size - first);
		save(size);
		ck_assert_int_eq(vmm_trace_open(&reader, path), 0);
		vmm_trace_stacks_read(&stacks, &reader);
		vmm_trace_stacks_free(&stacks);
		vmm_trace_close(&reader);
	}
}
END_TEST

/* One event of each kind, with the blocks and the times that it must have. */
START_TEST(reads_events)
{
	static const struct vmm_trace_event expected[] = {
		{ .kind = VMM_TRACE_MALLOC, .id = 5, .size = 100 },
		{ .kind = VMM_TRACE_CALLOC, .id = 6, .size = 70000 },
		{ .kind = VMM_TRACE_MEMALIGN,
			.id = 7,
			.size = 3,
			.alignment = 4096,
			.time = 1000 },
		{ .kind = VMM_TRACE_REALLOC,
			.id = 8,
			.old = 5,
			.size = 9,
			.is_moved = true,
			.time = 1500 },
		{ .kind = VMM_TRACE_FREE, .old = 8, .time = 2000 },
		{ .kind = VMM_TRACE_FREE, .time = 2000 },
		{ .kind = VMM_TRACE_FAILED, .size = UINT64_MAX, .time = 2000 },
	};
	struct vmm_trace_reader reader;
	struct vmm_trace_event event;

	begin_columns();
	put_tag(VMM_TRACE_MALLOC);
	put(VMM_TRACE_SIZES, 100);
	put_tag(VMM_TRACE_CALLOC);
	put(VMM_TRACE_SIZES, 70000);
	put_tag(VMM_TRACE_MEMALIGN);
	put(VMM_TRACE_SIZES, 12);
	put(VMM_TRACE_SIZES, 3);
	put_tag(VMM_TRACE_REALLOC | VMM_TRACE_MOVED);
	put(VMM_TRACE_REFS, 3);
	put(VMM_TRACE_SIZES, 9);
	put_tag(VMM_TRACE_FREE);
	put(VMM_TRACE_REFS, 1);
	put_tag(VMM_TRACE_FREE | VMM_TRACE_REF_UNKNOWN);
	put_tag(VMM_TRACE_FAILED);
	put(VMM_TRACE_SIZES, UINT64_MAX);
	put(VMM_TRACE_TIMES, 2);
	put(VMM_TRACE_TIMES, 1000);
	put(VMM_TRACE_TIMES, 2);
	put(VMM_TRACE_TIMES, 1000);
	end_chunk((struct vmm_trace_chunk){
		.lane = 3, .thread = 9, .first = 5, .start = 77 });
	save(size);

	ck_assert_int_eq(vmm_trace_open(&reader, path), 0);
	ck_assert_uint_eq(reader.events, 7);
	for (size_t i = 0; i < 7; i++) {
		const struct vmm_trace_event *e = &expected[i];

		ck_assert(vmm_trace_next(&reader, &event));
		ck_assert_int_eq(event.kind, e->kind);
		ck_assert_uint_eq(event.lane, 3);
		ck_assert_uint_eq(event.thread, 9);
		ck_assert_uint_eq(
			event.id, e->id != 0 ? VMM_TRACE_ID(3, e->id) : 0);
		ck_assert_uint_eq(
			event.old, e->old != 0 ? VMM_TRACE_ID(3, e->old) : 0);
		ck_assert_uint_eq(event.size, e->size);
		ck_assert_uint_eq(event.alignment, e->alignment);
		ck_assert_int_eq(event.is_moved, e->is_moved);
		if (i != 1) /* between two markers */
			ck_assert_uint_eq(event.time, e->time);
		ck_assert_int_eq(vmm_trace_is_last(&reader, &event), i == 6);
	}
	ck_assert(!vmm_trace_next(&reader, &event));
	ck_assert_uint_eq(reader.damaged, 0);
	vmm_trace_close(&reader);
}
END_TEST

/* Lane 1 frees what lane 0 allocates later, by its clock: 0 comes first. */
START_TEST(orders_lanes)
{
	struct vmm_trace_reader reader;
	struct vmm_trace_event event;
	int live = 0;

	begin_columns();
	for (int i = 0; i < PIECE; i++) {
		put_tag(VMM_TRACE_FREE | VMM_TRACE_REF_OTHER);
		put(VMM_TRACE_REFS, 0);
		put(VMM_TRACE_REFS, vmm_trace_fold(i > 0));
	}
	end_chunk((struct vmm_trace_chunk){
		.lane = 1, .thread = 2, .start = 10 });
	write_mallocs(0, 0, 1000);
	save(size);
	ck_assert_int_eq(vmm_trace_open(&reader, path), 0);
	while (vmm_trace_next(&reader, &event)) {
		live += event.kind == VMM_TRACE_MALLOC ? 1 : -1;
		ck_assert_int_ge(live, 0);
	}
	ck_assert_int_eq(live, 0);
	vmm_trace_close(&reader);
}
END_TEST

START_TEST(reads_cut_files)
{
	struct vmm_trace_reader reader;
	size_t end[4] = { 0, 0, 0, 0 };

	for (uint64_t i = 1; i < 4; i++) {
		write_mallocs(0, i * PIECE, i);
		end[i] = size;
	}
	for (size_t n = 0; n <= size; n += n < end[1] ? 13 : 1) {
		long whole = n >= end[3] ? 3 : n >= end[2] ? 2 : n >= end[1];

		save(n);
		ck_assert_int_eq(
			count_events(&reader), whole > 0 ? whole * PIECE : -1);
		if (whole > 0)
			ck_assert_uint_eq(reader.damaged, n - end[whole]);
	}
}
END_TEST

/* Each byte of the middle chunk in turn is changed: the others are read. */
START_TEST(reads_damaged_files)
{
	struct vmm_trace_reader reader;
	size_t first, second;

	write_mallocs(0, 0, 1);
	first = size;
	write_mallocs(0, PIECE, 2);
	second = size;
	write_mallocs(0, 2 * PIECE, 3);
	for (size_t at = first; at < second; at++) {
		file[at] ^= 0x5a;
		save(size);
		ck_assert_int_eq(count_events(&reader), 2 * PIECE);
		ck_assert_uint_eq(reader.damaged, second - first);
		file[at] ^= 0x5a;
	}
}
END_TEST

/* Wrong contents with a right hash: the reader ends, and says what it lost. */
START_TEST(survives_wrong_contents)
{
	struct vmm_trace_reader reader;
	unsigned int seed = 1;

	for (int round = 0; round < 2000; round++) {
		size_t at;

		size = 0;
		write_mallocs(0, 0, 1);
		for (int i = 0; i < 4; i++) {
			seed = seed * 1103515245 + 12345;
			at = VMM_TRACE_HEAD +
				(seed >> 8) % (size - VMM_TRACE_HEAD);
			file[at] ^= (uint8_t)(seed >> 24);
		}
		/* the version: other versions are refused */
		vmm_trace_put(file + 16, VMM_TRACE_VERSION, 2);
		/* lane, thread, sample and first block: see below */
		vmm_trace_put(file + 20, 0, 4);
		vmm_trace_put(file + 24, 1, 4);
		vmm_trace_put(file + 28, 0, 4);
		vmm_trace_put(file + 32, 0, 8);
		vmm_trace_seal(file, VMM_TRACE_CHUNK, size);
		save(size);
		ck_assert_int_ge(count_events(&reader), 0);
	}
}
END_TEST

/* A chunk with a right hash whose head no recorder writes is damaged. */
START_TEST(skips_impossible_heads)
{
	static const struct vmm_trace_chunk heads[] = {
		{ .lane = 0, .thread = 0, .first = PIECE },
		{ .lane = 0, .thread = UINT32_MAX, .first = PIECE },
		{ .lane = VMM_TRACE_LANES_MAX, .thread = 1, .first = PIECE },
		{ .lane = UINT32_MAX, .thread = 1, .first = PIECE },
		{ .lane = 0, .thread = 1, .first = VMM_TRACE_BLOCKS_MAX },
		{ .lane = 0, .thread = 1, .first = UINT64_MAX },
		{ .lane = 0,
			.thread = 1,
			.first = PIECE,
			.sample = VMM_TRACE_SAMPLE_MAX + 1 },
		/* blocks that the chunk before has allocated */
		{ .lane = 0, .thread = 1, .first = PIECE - 1 },
	};
	struct vmm_trace_reader reader;

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t first, second;

		size = 0;
		write_mallocs(0, 0, 1);
		first = size;
		begin_columns();
		put_tag(VMM_TRACE_MALLOC);
		put(VMM_TRACE_SIZES, 1);
		end_chunk(heads[i]);
		second = size;
		write_mallocs(0, PIECE, 2);
		save(size);
		ck_assert_int_eq(count_events(&reader), 2 * PIECE);
		ck_assert_uint_eq(reader.damaged, second - first);
		ck_assert_uint_eq(reader.threads, 1);
	}
}
END_TEST

/* A block of a lane that no recorder has: the rest of the chunk is dropped. */
START_TEST(skips_impossible_blocks)
{
	struct vmm_trace_reader reader;

	begin_columns();
	put_tag(VMM_TRACE_MALLOC);
	put(VMM_TRACE_SIZES, 1);
	put_tag(VMM_TRACE_FREE | VMM_TRACE_REF_OTHER);
	put(VMM_TRACE_REFS, vmm_trace_fold(VMM_TRACE_LANES_MAX));
	put(VMM_TRACE_REFS, 0);
	end_chunk((struct vmm_trace_chunk){ .lane = 0, .thread = 1 });
	save(size);
	ck_assert_int_eq(count_events(&reader), 1);
	ck_assert_uint_eq(reader.damaged, size);
}
END_TEST

/* Records of stacks with a right hash that no recorder writes. */
START_TEST(skips_impossible_stacks)
{
	static const struct {
		size_t at; /* in the record */
		uint32_t value;
	} heads[] = {
		{ 16, 1 }, /* version */
		{ 20, 0 }, /* first */
		{ 20, 2 }, /* which came before */
		{ 20, VMM_TRACE_STACKS_MAX - 1 }, { 20, UINT32_MAX },
		{ 24, 0 }, /* how many */
		{ 24, VMM_TRACE_STACKS_MAX }, { 24, UINT32_MAX },
		{ 28, 1 }, /* bytes */
		{ 28, VMM_TRACE_COLUMN_MAX + 1 }, { 28, UINT32_MAX },
		{ 28, 1000 }, /* known when it is read */
	};
	struct vmm_trace_reader reader;
	struct vmm_trace_stacks stacks;

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t second, third;

		size = 0;
		write_stacks(1, 0x1800, 0x8800, 0x100);
		second = size;
		write_stacks(3, 0x1800, 0x8800, 0x100);
		vmm_trace_put(file + second + heads[i].at, heads[i].value,
			heads[i].at == 16 ? 2 : 4);
		third = size;
		vmm_trace_seal(file + second, VMM_TRACE_STACK, third - second);
		write_stacks(5, 0x1800, 0x8800, 0x100);
		write_mallocs(0, 0, 1);
		save(size);
		ck_assert_int_eq(vmm_trace_open(&reader, path), 0);
		vmm_trace_stacks_read(&stacks, &reader);
		ck_assert_uint_eq(reader.damaged, third - second);
		ck_assert_uint_eq(vmm_trace_stacks_get(&stacks, 1).n, 2);
		ck_assert_uint_eq(vmm_trace_stacks_get(&stacks, 3).n, 0);
		ck_assert_uint_eq(vmm_trace_stacks_get(&stacks, 6).n, 2);
		vmm_trace_stacks_free(&stacks);
		vmm_trace_close(&reader);
	}
}
END_TEST

/* Lines of mappings that no recorder writes are left out. */
START_TEST(skips_impossible_modules)
{
	static const char text[] = "9000 1000 0 - /one\n-1 0 0 - /two\n"
				   "1000 2000 0 - \n1000 2000 /three\n"
				   "0 ffffffffffffffff 0 - /four\n";
	struct vmm_trace_reader reader;
	struct vmm_trace_stacks stacks;

	write_record(VMM_TRACE_MODULES, text, sizeof(text) - 1);
	write_mallocs(0, 0, 1);
	save(size);
	ck_assert_int_eq(vmm_trace_open(&reader, path), 0);
	vmm_trace_stacks_read(&stacks, &reader);
	ck_assert_uint_eq(reader.damaged, 0);
	ck_assert_uint_eq(stacks.n_modules, 1);
	ck_assert_str_eq(stacks.modules[0].path, "/four");
	vmm_trace_stacks_free(&stacks);
	vmm_trace_close(&reader);
}
END_TEST

START_TEST(refuses_others)
{
	struct vmm_trace_reader reader;
	char *why;

	memset(file, 'x', 5000);
	save(5000);
	ck_assert_int_eq(count_events(&reader), -1);
	why = vmm_complaint_take();
	ck_assert_ptr_nonnull(strstr(why, "not a trace"));
	free(why);

	write_mallocs(0, 0, 1);
	vmm_trace_put(file + 16, VMM_TRACE_VERSION + 1, 2);
	vmm_trace_seal(file, VMM_TRACE_CHUNK, size);
	save(size);
	ck_assert_int_eq(count_events(&reader), -1);
	why = vmm_complaint_take();
	ck_assert_ptr_nonnull(strstr(why, "its format is 3"));
	free(why);
}
END_TEST

/* Blocks that the trace does not have: no other one is freed in their place. */
START_TEST(replays_unknown_blocks)
{
	static struct vmm_replay_result result;
	struct vmm_trace_event event = {
		.kind = VMM_TRACE_MALLOC, .id = VMM_TRACE_ID(0, 0), .size = 24
	};

	vmm_replay_begin_calls(&result, 1);
	vmm_replay_make_call(&event);
	for (uint64_t i = 1; i <= 10; i++) {
		event = (struct vmm_trace_event){ .kind = VMM_TRACE_FREE };
		vmm_replay_make_call(&event);
		event = (struct vmm_trace_event){ .kind = VMM_TRACE_REALLOC,
			.id = VMM_TRACE_ID(0, i),
			.size = 100 };
		vmm_replay_make_call(&event);
	}
	vmm_replay_end_calls();
	ck_assert_uint_eq(result.live_blocks, 11);
	ck_assert_uint_eq(result.live_bytes, 1024);
	ck_assert_uint_eq(vmm_replay_sum_ranges(&result, VMM_TRACE_FREE).n, 0);
	ck_assert_uint_eq(
		vmm_replay_sum_ranges(&result, VMM_TRACE_REALLOC).n, 10);
	ck_assert_uint_eq(result.failed, 0);
}
END_TEST

/* To no bytes: the C library frees the block, which must not fail here. */
START_TEST(replays_realloc_to_nothing)
{
	static struct vmm_replay_result result;
	struct vmm_trace_event event = {
		.kind = VMM_TRACE_MALLOC, .id = VMM_TRACE_ID(0, 0), .size = 24
	};

	vmm_replay_begin_calls(&result, 1);
	vmm_replay_make_call(&event);
	event = (struct vmm_trace_event){ .kind = VMM_TRACE_REALLOC,
		.id = VMM_TRACE_ID(0, 1),
		.old = VMM_TRACE_ID(0, 0) };
	vmm_replay_make_call(&event);
	vmm_replay_end_calls();
	ck_assert_uint_eq(result.live_blocks, 1);
	ck_assert_uint_eq(result.live_bytes, 0);
	ck_assert_uint_eq(result.failed, 0);
}
END_TEST

/* Of the times 1, 2, ... ns each 100th is known to 1/16. */
START_TEST(finds_quantiles)
{
	static struct vmm_replay_call call;
	uint64_t n, sum;

	ck_assert_uint_eq(vmm_replay_call_quantile(&call, 0.5), 0);
	for (uint64_t ns = 1; ns <= 100000; ns++)
		vmm_replay_call_add(&call, ns);
	for (uint64_t percent = 1; percent < 100; percent++) {
		uint64_t ns =
			vmm_replay_call_quantile(&call, (double)percent / 100);

		ck_assert_uint_ge(ns, percent * 1000);
		ck_assert_uint_le(ns, percent * 1000 * 17 / 16);
	}
	ck_assert_uint_eq(vmm_replay_call_quantile(&call, 1), 100000);
	ck_assert_uint_eq(call.n, 100000);
	ck_assert_uint_eq(call.ns_max, 100000);
	sum = vmm_replay_call_sum_fastest(&call, 0.5, &n);
	ck_assert_uint_eq(n, 50000);
	ck_assert_uint_ge(sum, 50000u * 50001 / 2);
	ck_assert_uint_le(sum, 50000u * 50001 / 2 / 16 * 17);
	vmm_replay_call_add(&call, UINT64_MAX / 2);
	/* rounded up, but never more than all together */
	ck_assert_uint_eq(
		vmm_replay_call_sum_fastest(&call, 0.99, &n) >> 33, 0);
	ck_assert_uint_eq(call.ns_max, UINT64_MAX / 2);
}
END_TEST

/* Each call counts in the range of its block, also a free. */
START_TEST(counts_ranges)
{
	static const uint64_t sizes[] = { 0, 128, 129, 1024, 1025, 32768, 32769,
		1 << 20, (1 << 20) + 1 };
	static const uint64_t expected[VMM_REPLAY_RANGES] = { 2, 2, 2, 2, 1 };
	static struct vmm_replay_result result;
	uint64_t n, ns;

	vmm_replay_begin_calls(&result, 1);
	for (uint64_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct vmm_trace_event event = { .kind = VMM_TRACE_MALLOC,
			.id = VMM_TRACE_ID(0, i),
			.size = sizes[i] };

		vmm_replay_make_call(&event);
		event = (struct vmm_trace_event){ .kind = VMM_TRACE_FREE,
			.old = VMM_TRACE_ID(0, i) };
		vmm_replay_make_call(&event);
	}
	vmm_replay_end_calls();
	for (int i = 0; i < VMM_REPLAY_RANGES; i++) {
		ck_assert_uint_eq(
			result.calls[VMM_TRACE_MALLOC][i].n, expected[i]);
		ck_assert_uint_eq(
			result.calls[VMM_TRACE_FREE][i].n, expected[i]);
	}
	vmm_replay_sum_calls(&result, &n, &ns);
	ck_assert_uint_eq(n, 18);
	ck_assert_uint_eq(result.live_bytes, 0);
}
END_TEST

/* Of 1000 samples the points are in order, and one of them is the highest. */
START_TEST(keeps_course)
{
	static struct vmm_replay_course course;
	uint64_t highest = 0;

	for (uint64_t i = 0; i < 1000; i++) {
		struct vmm_replay_point sample = { .time = i,
			.resident = i == 777 ? 5000 : 1000 + i % 7,
			.live = i < 500 ? 10 : 500 };

		vmm_replay_course_add(&course, &sample);
	}
	ck_assert_uint_gt(course.n, VMM_REPLAY_POINTS / 2 - 2);
	ck_assert_uint_le(course.n, VMM_REPLAY_POINTS);
	for (uint64_t i = 0; i < course.n; i++) {
		if (course.points[i].resident > highest)
			highest = course.points[i].resident;
		if (i > 0)
			ck_assert_uint_gt(course.points[i].time,
				course.points[i - 1].time);
	}
	ck_assert_uint_eq(highest, 5000);
	ck_assert(vmm_replay_course_peak_ratio(&course, 100) == 10);
	ck_assert(vmm_replay_course_peak_ratio(&course, 501) == 0);
	ck_assert(vmm_replay_course_peak_ratio(&course, 0) > 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("trace");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, begin_file, end_file);
	tcase_add_test(tcase, reads_numbers);
	tcase_add_test(tcase, reads_events);
	tcase_add_test(tcase, reads_old_files);
	tcase_add_test(tcase, reads_stacks);
	tcase_add_test(tcase, weighs_samples);
	tcase_add_test(tcase, orders_lanes);
	tcase_add_test(tcase, reads_cut_files);
	tcase_add_test(tcase, reads_damaged_files);
	tcase_add_test(tcase, survives_wrong_contents);
	tcase_add_test(tcase, skips_impossible_heads);
	tcase_add_test(tcase, skips_impossible_blocks);
	tcase_add_test(tcase, survives_wrong_stacks);
	tcase_add_test(tcase, skips_impossible_stacks);
	tcase_add_test(tcase, skips_impossible_modules);
	tcase_add_test(tcase, refuses_others);
	tcase_add_test(tcase, replays_unknown_blocks);
	tcase_add_test(tcase, replays_realloc_to_nothing);
	tcase_add_test(tcase, counts_ranges);
	tcase_add_test(tcase, keeps_course);
	tcase_add_test(tcase, finds_quantiles);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
