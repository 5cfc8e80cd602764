/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Of a damaged or cut trace all that is whole is read, and no file makes the
 * reader fail.
 */
#include "config.h"

#include "cli/trace/lane.h"
#include "cli/trace/stacks.h"

#include "tests/unit/make-trace.h"

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

int
main(void)
{
	Suite *suite = suite_create("trace-damage");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, begin_file, end_file);
	tcase_add_test(tcase, reads_cut_files);
	tcase_add_test(tcase, reads_damaged_files);
	tcase_add_test(tcase, survives_wrong_contents);
	tcase_add_test(tcase, skips_impossible_heads);
	tcase_add_test(tcase, skips_impossible_blocks);
	tcase_add_test(tcase, survives_wrong_stacks);
	tcase_add_test(tcase, skips_impossible_stacks);
	tcase_add_test(tcase, skips_impossible_modules);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
