/* SPDX-License-Identifier: BSD-3-Clause */
/* The command's reader of the library's report: what it finds and refuses. */
#include "config.h"

#include "cli/stats_file.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REPORT                                                              \
	"{\"schema\": 1, \"config\": {\"committed_peak\": 1, \"version\": " \
	"\"a\\\"}{\\\\\"},\n \"pool\": {\"committed\": 5, "                 \
	"\"committed_peak\": 12519997440},\n \"backend\": {\"version\": "   \
	"\"1 \\\"x\\\" \\\\ \\u0009 \\u20ac\", \"library_version\": \"\", " \
	"\"abi\": null}}"

static FILE *file;

static void
open_file(void)
{
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
}

static void
close_file(void)
{
	fclose(file);
}

/* Reads a report of n bytes. */
static int
read_text(const char *text, size_t n, struct vmm_stats_file *stats)
{
	int fd = fileno(file);

	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(pwrite(fd, text, n, 0), n);
	return vmm_stats_file_read(fd, stats);
}

START_TEST(finds_fields)
{
	struct vmm_stats_file stats;

	for (int i = 0; i < 2; i++) { /* from the start, each time */
		ck_assert_int_eq(read_text(REPORT, strlen(REPORT), &stats), 0);
		ck_assert_str_eq(stats.version, "1 \"x\" \\ \t \xe2\x82\xac");
		ck_assert_ptr_null(stats.library_version);
		ck_assert_ptr_null(stats.abi);
		ck_assert_int_eq(stats.committed_peak, 12519997440);
		vmm_stats_file_free(&stats);
	}
}
END_TEST

/* Reports that lack the fields, or have other values in their places. */
static const char *const others[] = {
	"{}",
	"{\"pool\": 1, \"backend\": \"x\"}",
	"{\"pool\": {\"committed_peak\": 1.5}, \"backend\": {\"abi\": 1}}",
	"{\"pool\": {\"committed_peak\": \"1\"}, \"backend\": []}",
};

START_TEST(lacks_fields)
{
	struct vmm_stats_file stats;

	ck_assert_int_eq(read_text(others[_i], strlen(others[_i]), &stats), 0);
	ck_assert_ptr_null(stats.version);
	ck_assert_ptr_null(stats.library_version);
	ck_assert_ptr_null(stats.abi);
	ck_assert_int_eq(stats.committed_peak, -1);
	vmm_stats_file_free(&stats);
}
END_TEST

/* A process that is terminated while it writes leaves a part of its report. */
START_TEST(refuses_cut_reports)
{
	struct vmm_stats_file stats;

	for (size_t n = 0; n < strlen(REPORT); n++)
		ck_assert_int_eq(read_text(REPORT, n, &stats), -1);
}
END_TEST

START_TEST(refuses_others)
{
	struct vmm_stats_file stats;
	char *large = calloc(1, (2 << 20) + 1);

	ck_assert_int_eq(read_text("[1]", 3, &stats), -1);
	ck_assert_int_eq(read_text("text", 4, &stats), -1);
	ck_assert_int_eq(read_text("{\"pool\": {}}\0", 13, &stats), -1);
	ck_assert_int_eq(vmm_stats_file_read(-1, &stats), -1);
	/* an object of more bytes than a report has */
	ck_assert_ptr_nonnull(large);
	memset(large, ' ', 2 << 20);
	large[0] = '{';
	large[(2 << 20) - 1] = '}';
	ck_assert_int_eq(read_text(large, 2 << 20, &stats), -1);
	free(large);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stats-file");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, open_file, close_file);
	tcase_add_test(tcase, finds_fields);
	tcase_add_loop_test(
		tcase, lacks_fields, 0, sizeof(others) / sizeof(others[0]));
	tcase_add_test(tcase, refuses_cut_reports);
	tcase_add_test(tcase, refuses_others);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
