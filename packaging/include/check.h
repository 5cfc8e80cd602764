/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As much of Check's interface as the unit tests use, for C libraries and
 * architectures without a Check: each test in a process of its own, with a time
 * limit, and a last line as Check's. packaging/check-musl and check-arch put it
 * in the place of Check.
 */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_TESTS 128 /* of a program; more are an error */

typedef void (*TFun)(int);
typedef void (*SFun)(void);
typedef struct {
	void (*setup)(void), (*teardown)(void);
	unsigned int seconds, n;
	struct {
		TFun run;
		const char *name;
		int begin, end, status;
	} tests[CHECK_TESTS];
} TCase;
typedef struct {
	const char *name;
	TCase *cases[CHECK_TESTS];
	unsigned int n;
} Suite;
typedef struct {
	Suite *suite;
	int checks, failures;
} SRunner;

#define CK_NORMAL 1
#define START_TEST(name) static void name(int _i __attribute__((unused)))
#define END_TEST

__attribute__((noreturn, format(printf, 1, 2))) static inline void
check_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stdout, format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

#define ck_abort_msg(...) check_fail(__VA_ARGS__)
#define ck_assert(c)   \
	((c) ? (void)0 \
	     : check_fail("%s:%d: not so: %s", __FILE__, __LINE__, #c))
#define ck_assert_msg(c, ...) ((c) ? (void)0 : check_fail(__VA_ARGS__))
#define CHECK_COMPARE(type, format, a, op, b)                                 \
	do {                                                                  \
		type check_a = (a), check_b = (b);                            \
		if (!(check_a op check_b))                                    \
			check_fail("%s:%d: not so: %s (%" format ", %" format \
				   ")",                                       \
				__FILE__, __LINE__, #a " " #op " " #b,        \
				check_a, check_b);                            \
	} while (0)
#define ck_assert_int_eq(a, b) CHECK_COMPARE(intmax_t, PRIdMAX, a, ==, b)
#define ck_assert_int_ge(a, b) CHECK_COMPARE(intmax_t, PRIdMAX, a, >=, b)
#define ck_assert_int_gt(a, b) CHECK_COMPARE(intmax_t, PRIdMAX, a, >, b)
#define ck_assert_int_ne(a, b) CHECK_COMPARE(intmax_t, PRIdMAX, a, !=, b)
#define ck_assert_int_lt(a, b) CHECK_COMPARE(intmax_t, PRIdMAX, a, <, b)
#define ck_assert_uint_eq(a, b) CHECK_COMPARE(uintmax_t, PRIuMAX, a, ==, b)
#define ck_assert_uint_ge(a, b) CHECK_COMPARE(uintmax_t, PRIuMAX, a, >=, b)
#define ck_assert_uint_gt(a, b) CHECK_COMPARE(uintmax_t, PRIuMAX, a, >, b)
#define ck_assert_uint_le(a, b) CHECK_COMPARE(uintmax_t, PRIuMAX, a, <=, b)
#define ck_assert_uint_lt(a, b) CHECK_COMPARE(uintmax_t, PRIuMAX, a, <, b)
#define ck_assert_uint_ne(a, b) CHECK_COMPARE(uintmax_t, PRIuMAX, a, !=, b)
#define ck_assert_ptr_eq(a, b) ck_assert((a) == (b))
#define ck_assert_ptr_ne(a, b) ck_assert((a) != (b))
#define ck_assert_ptr_null(a) ck_assert((a) == NULL)
#define ck_assert_ptr_nonnull(a) ck_assert((a) != NULL)
#define ck_assert_str_eq(a, b) ck_assert(strcmp(a, b) == 0)
#define ck_assert_str_ne(a, b) ck_assert(strcmp(a, b) != 0)

static inline Suite *
suite_create(const char *name)
{
	Suite *suite = calloc(1, sizeof(*suite));

	suite->name = name;
	return suite;
}

static inline TCase *
tcase_create(const char *name)
{
	TCase *tcase = calloc(1, sizeof(*tcase));

	(void)name;
	tcase->seconds = 60; /* as CK_DEFAULT_TIMEOUT in tests/local.mk */
	return tcase;
}

static inline void
suite_add_tcase(Suite *suite, TCase *tcase)
{
	if (suite->n == CHECK_TESTS)
		abort();
	suite->cases[suite->n++] = tcase;
}

static inline void
check_add(TCase *tcase, const char *name, TFun run, int status, int begin,
	int end)
{
	if (tcase->n == CHECK_TESTS)
		abort();
	tcase->tests[tcase->n].run = run;
	tcase->tests[tcase->n].name = name;
	tcase->tests[tcase->n].status = status;
	tcase->tests[tcase->n].begin = begin;
	tcase->tests[tcase->n++].end = end;
}

#define tcase_add_test(tcase, test) check_add(tcase, #test, test, 0, 0, 1)
#define tcase_add_exit_test(tcase, test, status) \
	check_add(tcase, #test, test, status, 0, 1)
#define tcase_add_loop_test(tcase, test, begin, end) \
	check_add(tcase, #test, test, 0, begin, end)
#define tcase_add_loop_exit_test(tcase, test, status, begin, end) \
	check_add(tcase, #test, test, status, begin, end)

static inline void
tcase_add_checked_fixture(TCase *tcase, SFun setup, SFun teardown)
{
	tcase->setup = setup;
	tcase->teardown = teardown;
}

static inline void
tcase_set_timeout(TCase *tcase, double seconds)
{
	tcase->seconds = (unsigned int)seconds;
}

static inline SRunner *
srunner_create(Suite *suite)
{
	SRunner *runner = calloc(1, sizeof(*runner));

	runner->suite = suite;
	return runner;
}

static inline void
check_run_one(SRunner *runner, TCase *tcase, unsigned int k, int i)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(tcase->seconds);
		if (tcase->setup != NULL)
			tcase->setup();
		tcase->tests[k].run(i);
		if (tcase->teardown != NULL)
			tcase->teardown();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	runner->checks++;
	if (!WIFEXITED(status) ||
		WEXITSTATUS(status) != tcase->tests[k].status) {
		runner->failures++;
		printf("%s, %d: failed (status %#x)\n", tcase->tests[k].name, i,
			(unsigned int)status);
	}
}

static inline void
srunner_run_all(SRunner *runner, int how)
{
	Suite *suite = runner->suite;
	int passed = 0;

	(void)how;
	for (unsigned int c = 0; c < suite->n; c++)
		for (unsigned int k = 0; k < suite->cases[c]->n; k++)
			for (int i = suite->cases[c]->tests[k].begin;
				i < suite->cases[c]->tests[k].end; i++)
				check_run_one(runner, suite->cases[c], k, i);
	passed = runner->checks - runner->failures;
	printf("%d%%: Checks: %d, Failures: %d, Errors: 0\n",
		runner->checks > 0 ? 100 * passed / runner->checks : 0,
		runner->checks, runner->failures);
}

static inline int
srunner_ntests_failed(const SRunner *runner)
{
	return runner->checks > 0 ? runner->failures : 1;
}

static inline void
srunner_free(SRunner *runner)
{
	free(runner);
}

#endif /* CHECK_H */
