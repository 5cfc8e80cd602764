/* SPDX-License-Identifier: BSD-3-Clause */
/* core/format.c gives the same results as snprintf. */
#include "config.h"

#include "base/format.h"

#include "tests/unit/unit.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Calls both with the same arguments: text and result must be equal. */
#define CHECK_SAME(...)                                                 \
	do {                                                            \
		char ours[200], theirs[200];                            \
		size_t n = vmm_format(ours, sizeof(ours), __VA_ARGS__); \
		int m = snprintf(theirs, sizeof(theirs), __VA_ARGS__);  \
		ck_assert_str_eq(ours, theirs);                         \
		ck_assert_int_eq((int)n, m);                            \
	} while (0)

START_TEST(numbers)
{
	static const long values[] = { 0, 1, -1, 9, 10, -10, 4096, INT_MAX,
		INT_MIN, (long)UINT_MAX, LONG_MAX, LONG_MIN };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		long v = values[i];

		CHECK_SAME("%d", (int)v);
		CHECK_SAME("%ld", v);
		CHECK_SAME("%lld", (long long)v);
		CHECK_SAME("%u", (unsigned int)v);
		CHECK_SAME("%lu", (unsigned long)v);
		CHECK_SAME("%llu", (unsigned long long)v);
		CHECK_SAME("%zu", (size_t)v);
		CHECK_SAME("%x", (unsigned int)v);
		CHECK_SAME("%lx", (unsigned long)v);
		CHECK_SAME("%zx", (size_t)v);
	}
}
END_TEST

START_TEST(texts)
{
	const char *volatile nothing = NULL;
	char text[32];

	CHECK_SAME("%s", "");
	CHECK_SAME("%s and %s", "one", "the other");
	CHECK_SAME("%c%c", 'a', '\n');
	CHECK_SAME("100%%");
	CHECK_SAME("%p", (void *)(uintptr_t)0x7f0012345678);
	CHECK_SAME("%s=%d (%zu < %zu)%%", "NAME", -5, (size_t)1, SIZE_MAX);
	vmm_format(text, sizeof(text), "%s", nothing);
	ck_assert_str_eq(text, "(null)");
	vmm_format(text, sizeof(text), "%p", NULL);
	ck_assert_str_eq(text, "0x0");
}
END_TEST

/* Text that is cut ends with a mark; snprintf does not do that. */
START_TEST(cut)
{
	char text[32];

	CHECK_SAME("%.3s|%.300s|%.0s", "abc", "abcdef", "");
	ck_assert_uint_eq(vmm_format(text, sizeof(text), "%.3s|", "abcd"), 7);
	ck_assert_str_eq(text, "abc...|");
	ck_assert_uint_eq(vmm_format(text, sizeof(text), "%.0s", "x"), 3);
	ck_assert_str_eq(text, "...");
}
END_TEST

START_TEST(too_small)
{
	for (size_t size = 0; size <= 12; size++) {
		char text[16];

		memset(text, '#', sizeof(text));
		ck_assert_uint_eq(
			vmm_format(text, size, "%s%d", "abcdef", 123), 9);
		for (size_t i = size; i < sizeof(text); i++)
			ck_assert_int_eq(text[i], '#');
		if (size > 0) {
			ck_assert_uint_eq(
				strlen(text), size > 9 ? 9 : size - 1);
			ck_assert_int_eq(
				strncmp(text, "abcdef123", strlen(text)), 0);
		}
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("format");
	TCase *cases = tcase_create("all");

	tcase_add_test(cases, numbers);
	tcase_add_test(cases, texts);
	tcase_add_test(cases, cut);
	tcase_add_test(cases, too_small);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
