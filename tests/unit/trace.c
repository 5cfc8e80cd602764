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

#include "tests/unit/unit.h"

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

static void
end_chunk(struct vmm_trace_chunk chunk)
{
	uint8_t *start = file + size;
	size_t n = VMM_TRACE_CHUNK_HEAD;

	chunk.version = VMM_TRACE_VERSION;
	chunk.events = (uint32_t)(columns[0].end - columns[0].bytes);
	for (int i = 0; i < VMM_TRACE_COLUMNS; i++) {
		size_t raw = (size_t)(columns[i].end - columns[i].bytes);
		size_t packed = ZSTD_compress(start + n,
			sizeof(file) - size - n, columns[i].bytes, raw, 1);

		ck_assert(!ZSTD_isError(packed));
		chunk.column[i].raw = (uint32_t)raw;
		chunk.column[i].packed = (uint32_t)packed;
		n += packed;
	}
	vmm_trace_put_chunk(start, &chunk);
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
		/* lane, thread and first block: see below */
		vmm_trace_put(file + 20, 0, 4);
		vmm_trace_put(file + 24, 1, 4);
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
	ck_assert_ptr_nonnull(strstr(why, "its format is 2"));
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
	vmm_replay_call_add(&call, UINT64_MAX / 2);
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
	tcase_add_test(tcase, orders_lanes);
	tcase_add_test(tcase, reads_cut_files);
	tcase_add_test(tcase, reads_damaged_files);
	tcase_add_test(tcase, survives_wrong_contents);
	tcase_add_test(tcase, skips_impossible_heads);
	tcase_add_test(tcase, skips_impossible_blocks);
	tcase_add_test(tcase, refuses_others);
	tcase_add_test(tcase, replays_unknown_blocks);
	tcase_add_test(tcase, replays_realloc_to_nothing);
	tcase_add_test(tcase, counts_ranges);
	tcase_add_test(tcase, keeps_course);
	tcase_add_test(tcase, finds_quantiles);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
