/* SPDX-License-Identifier: BSD-3-Clause */
/* The command's parser of the library's report: what it finds and refuses. */
#include "config.h"

#include "cli/stats_file.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REPORT                                                              \
	"{\"schema\": 1, \"config\": {\"committed_peak\": 1, \"dir\": "     \
	"\"a\\\"}{\\\\\", \"list\": [1, [2, \"]\"], {}]},\n \"pool\": {"    \
	"\"committed\": 5, \"committed_peak\": 12519997440, \"low\": -3, "  \
	"\"real\": 1.5, \"last\": 7},\n \"backend\": {\"version\": "        \
	"\"1 \\\"x\\\" \\\\ \\u0009 \\u20ac\", \"empty\": \"\", \"null\": " \
	"null}}"

static void
check_string(const char *report, const char *field, const char *expected)
{
	char *text = vmm_stats_file_string(report, "backend", field);

	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(finds_fields)
{
	ck_assert_int_eq(
		vmm_stats_file_number(REPORT, "pool", "committed_peak"),
		12519997440);
	ck_assert_int_eq(vmm_stats_file_number(REPORT, "pool", "last"), 7);
	ck_assert_int_eq(
		vmm_stats_file_number(REPORT, "config", "committed_peak"), 1);
	check_string(REPORT, "version", "1 \"x\" \\ \t ?");
}
END_TEST

START_TEST(refuses_others)
{
	ck_assert_int_eq(vmm_stats_file_number(REPORT, "pool", "peak"), -1);
	ck_assert_int_eq(vmm_stats_file_number(REPORT, "pool", "low"), -1);
	ck_assert_int_eq(vmm_stats_file_number(REPORT, "pool", "real"), -1);
	ck_assert_int_eq(vmm_stats_file_number(REPORT, "schema", "pool"), -1);
	ck_assert_int_eq(
		vmm_stats_file_number(REPORT, "backend", "version"), -1);
	ck_assert_ptr_null(vmm_stats_file_string(REPORT, "backend", "empty"));
	ck_assert_ptr_null(vmm_stats_file_string(REPORT, "backend", "null"));
	ck_assert_ptr_null(vmm_stats_file_string(REPORT, "pool", "last"));
	ck_assert_ptr_null(vmm_stats_file_string("", "backend", "version"));
	ck_assert_int_eq(vmm_stats_file_number(
				 "{\"pool\": {\"last\": 99999999999999999999}}",
				 "pool", "last"),
		-1);
}
END_TEST

/*
 * Wherever the report is cut off, nothing after its end is read, and an
 * incomplete field is not found.
 */
START_TEST(stands_cut_reports)
{
	for (size_t n = 0; n < strlen(REPORT); n++) {
		char *cut = strndup(REPORT, n);
		char *text;
		int64_t last = vmm_stats_file_number(cut, "pool", "last");

		ck_assert(last == -1 || last == 7);
		last = vmm_stats_file_number(cut, "pool", "committed_peak");
		ck_assert(last == -1 || last == 12519997440);
		text = vmm_stats_file_string(cut, "backend", "version");
		ck_assert(text == NULL || strlen(text) == 11);
		free(text);
		free(cut);
	}
}
END_TEST

START_TEST(reads_files)
{
	FILE *file = tmpfile();
	char *text;

	ck_assert_ptr_nonnull(file);
	fputs(REPORT, file);
	fflush(file);
	text = vmm_stats_file_read(fileno(file));
	ck_assert_str_eq(text, REPORT);
	free(text);
	ck_assert_int_eq(ftruncate(fileno(file), (off_t)1 << 30), 0);
	ck_assert_ptr_null(vmm_stats_file_read(fileno(file)));
	ck_assert_ptr_null(vmm_stats_file_read(-1));
	fclose(file);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stats-file");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, finds_fields);
	tcase_add_test(tcase, refuses_others);
	tcase_add_test(tcase, stands_cut_reports);
	tcase_add_test(tcase, reads_files);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
