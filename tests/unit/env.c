/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/env.c: which values it accepts, and that any other ends the process. The
 * messages are tested in tests/safety/errors.sh.
 */
#include "config.h"

#include "core/env.h"

#include "base/json.h"
#include "libvmmalloc.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *text;
	size_t bytes;
} good_sizes[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "007", 7 },
	{ "14680064", 14680064 },
	{ "1k", 1024 },
	{ "1K", 1024 },
	{ "14M", 14680064 },
	{ "14m", 14680064 },
	{ "3g", (size_t)3 << 30 },
	{ "0T", 0 },
#if SIZE_MAX > UINT32_MAX
	{ "64G", (size_t)64 << 30 },
	{ "2T", (size_t)2 << 40 },
	{ "16777215T", (size_t)16777215 << 40 },
	{ "18446744073709551615", SIZE_MAX },
#else
	{ "4294967295", SIZE_MAX },
#endif
};

static const struct {
	const char *text;
	int err;
} bad_sizes[] = {
	{ "", EINVAL },
	{ " 1", EINVAL },
	{ "1 ", EINVAL },
	{ "+1", EINVAL },
	{ "-1", EINVAL },
	{ "K", EINVAL },
	{ "1B", EINVAL },
	{ "1KB", EINVAL },
	{ "1KK", EINVAL },
	{ "1P", EINVAL },
	{ "1.5G", EINVAL },
	{ "0x10", EINVAL },
	{ "1e9", EINVAL },
	{ "ten", EINVAL },
	{ "1{", EINVAL },
	{ "1\xcd", EINVAL },
#if SIZE_MAX == UINT32_MAX
	{ "4294967296", ERANGE },
	{ "4G", ERANGE },
	{ "1T", ERANGE },
#endif
	{ "18446744073709551616", ERANGE },
	{ "99999999999999999999999999", ERANGE },
	{ "16777216T", ERANGE },
	{ "18446744073709551615K", ERANGE },
};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

START_TEST(size_good)
{
	size_t bytes = 99;

	ck_assert_int_eq(vmm_parse_size(good_sizes[_i].text, &bytes), 0);
	ck_assert_uint_eq(bytes, good_sizes[_i].bytes);
}
END_TEST

START_TEST(size_bad)
{
	size_t bytes = 99;

	errno = 0;
	ck_assert_int_eq(vmm_parse_size(bad_sizes[_i].text, &bytes), -1);
	ck_assert_int_eq(errno, bad_sizes[_i].err);
	ck_assert_uint_eq(bytes, 99);
}
END_TEST

START_TEST(int_good)
{
	int v;

	ck_assert(vmm_parse_int("0", 0, 3, &v) == 0 && v == 0);
	ck_assert(vmm_parse_int("3", 0, 3, &v) == 0 && v == 3);
	ck_assert(vmm_parse_int("-7", -9, 9, &v) == 0 && v == -7);
	ck_assert(vmm_parse_int("2147483647", 0, INT_MAX, &v) == 0 &&
		v == INT_MAX);
}
END_TEST

START_TEST(int_bad)
{
	static const struct {
		const char *text;
		int err;
	} bad[] = { { "", EINVAL }, { "-", EINVAL }, { "x", EINVAL },
		{ "1x", EINVAL }, { " 1", EINVAL }, { "+1", EINVAL },
		{ "--1", EINVAL }, { "4", ERANGE }, { "-1", ERANGE },
		{ "2147483648", ERANGE }, { "-2147483648", ERANGE },
		{ "4294967296", ERANGE }, { "99999999999999999999", ERANGE } };

	for (int i = 0; i < COUNT(bad); i++) {
		int v = 42;

		errno = 0;
		ck_assert_int_eq(vmm_parse_int(bad[i].text, 0, 3, &v), -1);
		ck_assert_int_eq(errno, bad[i].err);
		ck_assert_int_eq(v, 42);
	}
}
END_TEST

START_TEST(backend_names)
{
	char longest[VMM_BACKEND_NAME_MAX + 1];

	ck_assert(vmm_is_backend_name("native"));
	ck_assert(vmm_is_backend_name("my-Heap-2"));
	ck_assert(!vmm_is_backend_name(""));
	ck_assert(!vmm_is_backend_name("."));
	ck_assert(!vmm_is_backend_name("../native"));
	ck_assert(!vmm_is_backend_name("a/b"));
	ck_assert(!vmm_is_backend_name("native.so"));
	ck_assert(!vmm_is_backend_name("native "));
	ck_assert(!vmm_is_backend_name("libvmmalloc"));
	ck_assert(!vmm_is_backend_name("n\xc3\xa4tive"));
	memset(longest, 'a', sizeof(longest));
	longest[VMM_BACKEND_NAME_MAX] = '\0';
	ck_assert(!vmm_is_backend_name(longest));
	longest[VMM_BACKEND_NAME_MAX - 1] = '\0';
	ck_assert(vmm_is_backend_name(longest));
}
END_TEST

static void
set_good(void)
{
	setenv(VMMALLOC_POOL_DIR_VAR, "/some/directory", 1);
	setenv(VMMALLOC_POOL_SIZE_VAR, "1G", 1);
	unsetenv(VMMALLOC_FORK_VAR);
	unsetenv(VMMALLOC_BACKEND_VAR);
	unsetenv(VMMALLOC_BACKEND_PATH_VAR);
	unsetenv(VMMALLOC_STATS_FILE_VAR);
	unsetenv(VMMALLOC_FORK_RETURN_VAR);
	unsetenv(VMMALLOC_PREALLOC_VAR);
	unsetenv(VMMALLOC_HUGE_PAGES_VAR);
	unsetenv(VMMALLOC_TIERS_VAR);
	unsetenv(VMMALLOC_PLACEMENT_VAR);
	unsetenv(VMMALLOC_POOL_POLICY_VAR);
	unsetenv(VMMALLOC_COMMIT_VAR);
	unsetenv(VMMALLOC_LIMIT_VAR);
}

START_TEST(read_defaults)
{
	struct vmm_config config;

	vmm_env_read(&config);
	ck_assert_str_eq(config.pool_dir, "/some/directory");
	ck_assert_uint_eq(config.pool_size, (size_t)1 << 30);
	ck_assert_int_eq(config.fork_mode, VMM_FORK_PRIVATE);
	ck_assert_str_eq(config.backend, VMM_DEFAULT_BACKEND);
	ck_assert_str_eq(config.backend_path, "");
	ck_assert_str_eq(config.stats_file, "");
	ck_assert(!config.fork_returns);
	ck_assert(!config.must_prealloc);
	ck_assert_int_eq(config.huge_pages, VMM_HUGE_PAGES_IF_FAST);
}
END_TEST

START_TEST(read_all)
{
	struct vmm_config config;

	setenv(VMMALLOC_FORK_VAR, "3", 1);
	setenv(VMMALLOC_BACKEND_VAR, "some-heap", 1);
	setenv(VMMALLOC_BACKEND_PATH_VAR, "/a:/b", 1);
	setenv(VMMALLOC_STATS_FILE_VAR, "/tmp/%p", 1);
	setenv(VMMALLOC_FORK_RETURN_VAR, "1", 1);
	setenv(VMMALLOC_PREALLOC_VAR, "1", 1);
	setenv(VMMALLOC_HUGE_PAGES_VAR, "0", 1);
	vmm_env_read(&config);
	setenv(VMMALLOC_BACKEND_VAR, "changed", 1); /* the strings are copies */
	ck_assert_int_eq(config.fork_mode, VMM_FORK_COPY_OR_PRIVATE);
	ck_assert_str_eq(config.backend, "some-heap");
	ck_assert_str_eq(config.backend_path, "/a:/b");
	ck_assert_str_eq(config.stats_file, "/tmp/%p");
	ck_assert(config.fork_returns);
	ck_assert(config.must_prealloc);
	ck_assert_int_eq(config.huge_pages, VMM_HUGE_PAGES_NEVER);
}
END_TEST

/* Names of places in memory stay as they are; paths are made absolute. */
START_TEST(read_places)
{
	static const char *const places[] = { "ram", "local", "node:1",
		"prefer:0-1", "interleave:0,1", "weighted:0", "/ram" };
	struct vmm_config config;

	for (int i = 0; i < COUNT(places); i++) {
		setenv(VMMALLOC_POOL_DIR_VAR, places[i], 1);
		vmm_env_read(&config);
		ck_assert_str_eq(config.pool_dir, places[i]);
	}
	setenv(VMMALLOC_POOL_DIR_VAR, "./ram", 1);
	vmm_env_read(&config);
	ck_assert_int_eq(config.pool_dir[0], '/');
}
END_TEST

/* A list has the size, whatever the variable for it says. */
START_TEST(read_lists)
{
	struct vmm_config config;

	ck_assert_int_eq(chdir("/usr"), 0);
	setenv(VMMALLOC_TIERS_VAR, "ram:16M,dir:1G", 1);
	setenv(VMMALLOC_PLACEMENT_VAR, "ratio=1:2", 1);
	setenv(VMMALLOC_POOL_POLICY_VAR, "node:0", 1);
	unsetenv(VMMALLOC_POOL_DIR_VAR);
	unsetenv(VMMALLOC_POOL_SIZE_VAR);
	vmm_env_read(&config);
	ck_assert_str_eq(config.pool_dir, "ram:16777216,/usr/dir:1073741824");
	ck_assert_uint_eq(config.pool_size, ((size_t)16 << 20) + (1 << 30));
	ck_assert_uint_eq(config.placement.n_weights, 2);
	ck_assert_str_eq(config.policy, "node:0");

	unsetenv(VMMALLOC_TIERS_VAR);
	setenv(VMMALLOC_POOL_DIR_VAR, "/a:14680064,/b:14680064", 1);
	vmm_env_read(&config);
	ck_assert_str_eq(config.tiers, "");
	ck_assert_uint_eq(config.pool_size, 2 * VMMALLOC_MIN_POOL);
}
END_TEST

START_TEST(read_limits)
{
	struct vmm_config config;

	vmm_env_read(&config);
	ck_assert_uint_eq(config.limit, VMM_LIMIT_NONE);
	setenv(VMMALLOC_LIMIT_VAR, "cgroup", 1);
	vmm_env_read(&config);
	ck_assert_uint_eq(config.limit, VMM_LIMIT_GROUP);
	setenv(VMMALLOC_LIMIT_VAR, "14M", 1);
	vmm_env_read(&config);
	ck_assert_uint_eq(config.limit, VMMALLOC_MIN_POOL);
}
END_TEST

START_TEST(read_commit)
{
	struct vmm_config config;

	vmm_env_read(&config);
	ck_assert(!config.commits_on_touch);
	setenv(VMMALLOC_COMMIT_VAR, "touch", 1);
	vmm_env_read(&config);
	ck_assert(config.commits_on_touch);
}
END_TEST

/* The texts about values, in messages and in the help. */
START_TEST(describes)
{
	static const struct {
		struct vmm_env_var var;
		const char *text;
	} cases[] = {
		{ { .type = VMM_ENV_BOOL, .max = 1 }, "0 or 1" },
		{ { .type = VMM_ENV_INT, .min = 1, .max = 7 },
			"a number from 1 to 7" },
		{ { .type = VMM_ENV_SIZE, .min = 5 },
			"bytes, or a number with K, M, G or T; at least 5" },
		{ { .type = VMM_ENV_LIMIT, .min = 5 },
			"cgroup, or bytes, or a number with K, M, G or T; at "
			"least 5" },
		{ { .type = VMM_ENV_COMMIT }, "all or touch" },
		{ { .type = VMM_ENV_LEVEL, .max = 4 }, "a number from 0 to 4" },
		{ { .type = VMM_ENV_FLAG }, "0 or 1" },
		{ { .type = VMM_ENV_NAME }, "letters, digits and dashes" },
		{ { .type = VMM_ENV_PATH }, "a path" },
		{ { .type = VMM_ENV_PATHS },
			"absolute paths, separated by colons" },
		{ { .type = VMM_ENV_PLACE },
			"a path, or a place in memory, or places with sizes" },
		{ { .type = VMM_ENV_PLACES }, "places with sizes" },
		{ { .type = VMM_ENV_POLICY },
			"local, node:LIST, prefer:LIST, interleave:LIST or "
			"weighted:LIST" },
		{ { .type = VMM_ENV_PLACEMENT },
			"overflow, ratio, ratio=N:N, threshold=SIZE, stripe or "
			"stripe=SIZE" },
	};
	char text[128];

	for (int i = 0; i < COUNT(cases); i++) {
		vmm_env_describe(&cases[i].var, text, sizeof(text));
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

/* A member for each variable, named after it. */
START_TEST(reports)
{
	static struct vmm_config config;
	static struct vmm_json json;
	static char text[1024];

	vmm_env_read(&config);
	vmm_json_init(&json, text, sizeof(text));
	vmm_json_open(&json, NULL);
	vmm_env_report(&config, &json);
	vmm_json_close(&json);
	ck_assert_str_eq(text,
		"{\"pool_dir\": \"/some/directory\", \"pool_size\": "
		"1073741824, \"tiers\": \"\", \"placement\": \"overflow\", "
		"\"pool_policy\": \"\", "
		"\"commit\": \"all\", "
		"\"limit\": 0, "
		"\"fork\": 1, \"fork_return\": false, \"backend\": "
		"\"" VMM_DEFAULT_BACKEND "\", \"backend_path\": \"\", "
		"\"stats_file\": \"\", \"profile\": 0, "
		"\"profile_file\": \"\", \"background\": false, "
		"\"prealloc\": false, "
		"\"huge_pages\": 1}\n");
}
END_TEST

START_TEST(read_smallest)
{
	struct vmm_config config;

	setenv(VMMALLOC_POOL_SIZE_VAR, "14680064", 1);
	vmm_env_read(&config);
	ck_assert_uint_eq(config.pool_size, VMMALLOC_MIN_POOL);
}
END_TEST

/* Each of these values alone is refused. NULL: unset. */
static const struct {
	const char *variable;
	const char *value;
} refused[] = {
	{ VMMALLOC_POOL_DIR_VAR, NULL },
	{ VMMALLOC_POOL_DIR_VAR, "" },
	{ VMMALLOC_POOL_DIR_VAR, "node:" },
	{ VMMALLOC_POOL_DIR_VAR, "interleave:1-0" },
	{ VMMALLOC_POOL_SIZE_VAR, NULL },
	{ VMMALLOC_POOL_SIZE_VAR, "" },
	{ VMMALLOC_POOL_SIZE_VAR, "14680063" },
	{ VMMALLOC_POOL_SIZE_VAR, "1Gb" },
	{ VMMALLOC_POOL_SIZE_VAR, "-1" },
	{ VMMALLOC_POOL_SIZE_VAR, "18446744073709551615" },
	{ VMMALLOC_FORK_VAR, "" },
	{ VMMALLOC_FORK_VAR, "4" },
	{ VMMALLOC_FORK_VAR, "-1" },
	{ VMMALLOC_FORK_VAR, "1x" },
	{ VMMALLOC_BACKEND_VAR, "" },
	{ VMMALLOC_BACKEND_VAR, "../evil" },
	{ VMMALLOC_BACKEND_PATH_VAR, "/a:b" },
	{ VMMALLOC_FORK_RETURN_VAR, "2" },
	{ VMMALLOC_PREALLOC_VAR, "" },
	{ VMMALLOC_HUGE_PAGES_VAR, "yes" },
	{ VMMALLOC_TIERS_VAR, "/a" },
	{ VMMALLOC_TIERS_VAR, "/a:1G,/b:14680063" },
	{ VMMALLOC_TIERS_VAR, "/a:8388607T,/b:1T" },
	{ VMMALLOC_TIERS_VAR, "/a:16777215T" },
	{ VMMALLOC_TIERS_VAR, "node::1G,/b:1G" },
	{ VMMALLOC_PLACEMENT_VAR, "" },
	{ VMMALLOC_PLACEMENT_VAR, "ratio=0" },
	{ VMMALLOC_PLACEMENT_VAR, "ratio=1:2" },
	{ VMMALLOC_POOL_POLICY_VAR, "node:" },
	{ VMMALLOC_POOL_POLICY_VAR, "ram" },
	{ VMMALLOC_POOL_POLICY_VAR, "/directory" },
	{ VMMALLOC_COMMIT_VAR, "" },
	{ VMMALLOC_COMMIT_VAR, "none" },
	{ VMMALLOC_LIMIT_VAR, "14680063" },
	{ VMMALLOC_LIMIT_VAR, "group" },
};

START_TEST(read_refuses)
{
	struct vmm_config config;

	if (refused[_i].value != NULL)
		setenv(refused[_i].variable, refused[_i].value, 1);
	else
		unsetenv(refused[_i].variable);
	vmm_env_read(&config);
}
END_TEST

/* The directory before a relative path does not fit. */
START_TEST(read_refuses_long_with_directory)
{
	struct vmm_config config;
	char value[PATH_MAX];

	ck_assert_int_eq(chdir("/usr"), 0);
	memset(value, 'a', sizeof(value));
	memcpy(value, "./", 2);
	value[sizeof(value) - sizeof("/usr/")] = '\0';
	setenv(VMMALLOC_STATS_FILE_VAR, value, 1);
	vmm_env_read(&config);
	ck_assert_uint_eq(strlen(config.stats_file), sizeof(value) - 1);
	value[sizeof(value) - sizeof("/usr/")] = 'a';
	value[sizeof(value) - sizeof("/usr")] = '\0';
	setenv(VMMALLOC_STATS_FILE_VAR, value, 1);
	vmm_env_read(&config);
}
END_TEST

START_TEST(read_refuses_long)
{
	static const char *const variables[] = { VMMALLOC_POOL_DIR_VAR,
		VMMALLOC_POOL_SIZE_VAR, VMMALLOC_FORK_VAR, VMMALLOC_BACKEND_VAR,
		VMMALLOC_BACKEND_PATH_VAR, VMMALLOC_STATS_FILE_VAR };
	struct vmm_config config;
	char value[5001];

	memset(value, '1', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	setenv(variables[_i], value, 1);
	vmm_env_read(&config);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("env");
	TCase *parse = tcase_create("parse");
	TCase *read = tcase_create("read");

	tcase_add_loop_test(parse, size_good, 0, COUNT(good_sizes));
	tcase_add_loop_test(parse, size_bad, 0, COUNT(bad_sizes));
	tcase_add_test(parse, int_good);
	tcase_add_test(parse, int_bad);
	tcase_add_test(parse, backend_names);
	suite_add_tcase(suite, parse);
	tcase_add_checked_fixture(read, set_good, NULL);
	tcase_add_test(read, read_defaults);
	tcase_add_test(read, read_all);
	tcase_add_test(read, read_places);
	tcase_add_test(read, read_lists);
	tcase_add_test(read, read_limits);
	tcase_add_test(read, read_commit);
	tcase_add_test(read, describes);
	tcase_add_test(read, reports);
	tcase_add_test(read, read_smallest);
	tcase_add_loop_exit_test(read, read_refuses, 127, 0, COUNT(refused));
	tcase_add_loop_exit_test(read, read_refuses_long, 127, 0, 6);
	tcase_add_exit_test(read, read_refuses_long_with_directory, 127);
	suite_add_tcase(suite, read);
	return unit_run(suite);
}
