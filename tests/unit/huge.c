/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether huge pages are asked for, as their time and refusals say. */
#include "config.h"

#include "core/huge.h"

#include "tests/unit/unit.h"

#define PAGES 512u
#define MS ((uint64_t)1000000)

static struct vmm_huge huge;

static void
setup(void)
{
	huge = (struct vmm_huge){ .is_timed = true };
}

/* How many of the next n huge pages are asked for; each takes so long. */
static unsigned int
ask(unsigned int n, uint64_t ns)
{
	unsigned int asked = 0;

	for (unsigned int i = 0; i < n; i++)
		if (vmm_huge_may_ask(&huge, 1)) {
			vmm_huge_took(&huge, PAGES, ns);
			asked++;
		}
	return asked;
}

START_TEST(fast)
{
	vmm_huge_small_took(&huge, 16, 16 * 100);
	ck_assert_uint_eq(ask(100, MS / 5), 100);
	/* nobody knows what small pages take */
	huge.small_page_ns = 0;
	ck_assert_uint_eq(ask(100, MS / 5), 100);
}
END_TEST

/* Small pages are slow as well, so that huge ones are still better. */
START_TEST(both_slow)
{
	vmm_huge_small_took(&huge, PAGES, 6 * MS);
	ck_assert_uint_eq(ask(100, 5 * MS), 100);
}
END_TEST

START_TEST(slow)
{
	vmm_huge_small_took(&huge, PAGES, MS);
	/* two, then one after pauses of 32, 64, 128, 256, 512, 512 ... */
	ck_assert_uint_eq(ask(2 + 32, 6 * MS), 2);
	ck_assert(vmm_huge_is_allowed(&huge));
	ck_assert_uint_eq(ask(1 + 64, 6 * MS), 1);
	ck_assert_uint_eq(ask(1 + 128 + 1 + 256, 6 * MS), 2);
	ck_assert_uint_eq(ask(10 * 513, 6 * MS), 10);
	/* the host has memory again */
	ck_assert_uint_eq(ask(100, MS / 5), 100);
	ck_assert_uint_eq(huge.refusals, 0);
}
END_TEST

START_TEST(slow_but_wanted)
{
	huge.is_timed = false;
	vmm_huge_small_took(&huge, PAGES, MS);
	ck_assert_uint_eq(ask(100, 6 * MS), 100);
	ck_assert(!vmm_huge_should_time(&huge, 1000));
}
END_TEST

START_TEST(one_that_was_interrupted)
{
	vmm_huge_small_took(&huge, PAGES, MS);
	for (int i = 0; i < 10; i++) {
		ck_assert_uint_eq(ask(1, 6 * MS), 1);
		ck_assert_uint_eq(ask(10, MS / 5), 10);
	}
}
END_TEST

/* A few pages, or some that were interrupted, say little. */
START_TEST(small_pages)
{
	vmm_huge_small_took(&huge, 1, MS);
	ck_assert_uint_eq(huge.small_page_ns, 0);
	vmm_huge_small_took(&huge, 100, 100 * 1000);
	ck_assert_uint_eq(huge.small_page_ns, 1000);
	vmm_huge_small_took(&huge, 100, 100 * MS);
	ck_assert_uint_le(huge.small_page_ns, 4000);
	for (int i = 0; i < 40; i++)
		vmm_huge_small_took(&huge, 100, 100 * 1000);
	ck_assert_uint_le(huge.small_page_ns, 1100);
}
END_TEST

START_TEST(refused)
{
	unsigned int asked = 0;

	for (unsigned int i = 0; i < 1 + 1 + 1 + 2 + 1 + 4; i++)
		if (vmm_huge_may_ask(&huge, 1)) {
			vmm_huge_was_refused(&huge);
			asked++;
		}
	ck_assert_uint_eq(asked, 3);
	ck_assert_uint_eq(ask(100, MS / 5), 100);
}
END_TEST

/* Several are counted at once; what is timed is a small part. */
START_TEST(many_at_once)
{
	unsigned int timed = 0;

	for (unsigned int i = 0; i < 320; i++)
		timed += vmm_huge_should_time(&huge, 3);
	ck_assert_uint_ge(timed, 25);
	ck_assert_uint_le(timed, 30);
	vmm_huge_took(&huge, PAGES, 6 * MS);
	ck_assert(vmm_huge_is_doubtful(&huge));
	ck_assert(vmm_huge_took(&huge, PAGES, 6 * MS));
	ck_assert(!vmm_huge_may_ask(&huge, 1000));
	ck_assert(vmm_huge_may_ask(&huge, 1000));
	ck_assert(vmm_huge_should_time(&huge, 1));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("huge");
	TCase *cases = tcase_create("all");

	tcase_add_checked_fixture(cases, setup, NULL);
	tcase_add_test(cases, fast);
	tcase_add_test(cases, both_slow);
	tcase_add_test(cases, slow);
	tcase_add_test(cases, slow_but_wanted);
	tcase_add_test(cases, one_that_was_interrupted);
	tcase_add_test(cases, small_pages);
	tcase_add_test(cases, refused);
	tcase_add_test(cases, many_at_once);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
