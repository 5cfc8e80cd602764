/* SPDX-License-Identifier: BSD-3-Clause */
/* The format of traces, and their reader: what is written is read. */
#include "config.h"

#include "cli/trace/lane.h"
#include "cli/trace/stacks.h"

#include "tests/unit/make-trace.h"

#include <math.h>

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
	tcase_add_test(tcase, refuses_others);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
