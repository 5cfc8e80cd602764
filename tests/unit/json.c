/* SPDX-License-Identifier: BSD-3-Clause */
/* base/json.c: the text of each member, and what fits into no buffer. */
#include "config.h"

#include "base/json.h"

#include "tests/unit/unit.h"

#include <string.h>

static char text[512];
static struct vmm_json json;

static void
begin(void)
{
	vmm_json_init(&json, text, sizeof(text));
	vmm_json_open(&json, NULL);
}

/* Closes the object and compares it. */
static void
expect(const char *expected)
{
	vmm_json_close(&json);
	ck_assert(!json.is_cut);
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(json.used, strlen(expected));
}

START_TEST(members)
{
	begin();
	vmm_json_number(&json, "least", 0);
	vmm_json_number(&json, "most", UINT64_MAX);
	vmm_json_open(&json, "inner");
	vmm_json_bool(&json, "yes", true);
	vmm_json_open(&json, "innermost");
	vmm_json_close(&json);
	vmm_json_bool(&json, "no", false);
	vmm_json_close(&json);
	vmm_json_string(&json, "text", "");
	expect("{\"least\": 0, \"most\": 18446744073709551615,\n"
	       " \"inner\": {\"yes\": true, \"innermost\": {}, \"no\": false}, "
	       "\"text\": \"\"}\n");
}
END_TEST

/* Pairs of a value and the inside of its string. */
static const char *const strings[][2] = {
	{ "plain text", "plain text" },
	{ "a\"b\\c/d", "a\\\"b\\\\c/d" },
	{ "\t\n\x1f\x7f", "\\u0009\\u000a\\u001f\x7f" },
	/* characters of 2, 3 and 4 bytes: the first and the last of each */
	{ "\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf" },
	{ "\xe0\xa0\x80\xef\xbf\xbf", "\xe0\xa0\x80\xef\xbf\xbf" },
	{ "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
		"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
	/* a byte that begins none, and characters that end too soon */
	{ "\x80|\xff", "?|?" },
	{ "\xc3", "?" },
	{ "\xe2\x82", "??" },
	{ "\xf0\x9f\x98", "???" },
	{ "\xc3|\xe2\x82|", "?|??|" },
	/* too long a form, surrogates, and more than there are */
	{ "\xc0\xaf", "??" },
	{ "\xe0\x9f\xbf", "???" },
	{ "\xed\xa0\x80", "???" },
	{ "\xf0\x8f\xbf\xbf", "????" },
	{ "\xf4\x90\x80\x80", "????" },
};

START_TEST(list)
{
	begin();
	vmm_json_open_list(&json, "x");
	vmm_json_open(&json, NULL);
	vmm_json_number(&json, "a", 1);
	vmm_json_close(&json);
	vmm_json_open(&json, NULL);
	vmm_json_close(&json);
	vmm_json_close_list(&json);
	vmm_json_number(&json, "y", 2);
	expect("{\"x\": [{\"a\": 1}, {}], \"y\": 2}\n");
}
END_TEST

START_TEST(string)
{
	char expected[128];

	begin();
	vmm_json_string(&json, "x", strings[_i][0]);
	strcpy(expected, "{\"x\": \"");
	strcat(expected, strings[_i][1]);
	strcat(expected, "\"}\n");
	expect(expected);
}
END_TEST

/* Nothing is written behind the buffer, and what fits is the beginning. */
START_TEST(too_small)
{
	static const char whole[] = "{\"name\": \"va\\\"lue\", \"n\": 12}\n";

	for (size_t size = 1; size <= sizeof(whole); size++) {
		memset(text, '#', sizeof(text));
		vmm_json_init(&json, text, size);
		vmm_json_open(&json, NULL);
		vmm_json_string(&json, "name", "va\"lue");
		vmm_json_number(&json, "n", 12);
		vmm_json_close(&json);
		ck_assert(json.is_cut == (size < sizeof(whole)));
		ck_assert_uint_lt(json.used, size);
		ck_assert_uint_eq(strlen(text), json.used);
		ck_assert_int_eq(strncmp(text, whole, json.used), 0);
		for (size_t i = size; i < sizeof(text); i++)
			ck_assert_int_eq(text[i], '#');
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json");
	TCase *cases = tcase_create("all");

	tcase_add_test(cases, members);
	tcase_add_test(cases, list);
	tcase_add_loop_test(
		cases, string, 0, sizeof(strings) / sizeof(strings[0]));
	tcase_add_test(cases, too_small);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
