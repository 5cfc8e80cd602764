/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/bootstrap.c on its own. Requests that the region does not serve are
 * handled by core/init.c (tests/preload/before-main*.c).
 */
#include "config.h"

#include "core/bootstrap.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#define REGION ((size_t)4 << 20)
#define PAGE 4096

static _Alignas(PAGE) char memory[REGION + PAGE];
static char *committed; /* the end of the committed part */
static bool is_refusing;

static int
commit(char *from, char *to)
{
	if (is_refusing)
		return -1;
	ck_assert(from >= memory);
	ck_assert(to <= memory + REGION);
	if (to > committed)
		committed = to;
	return 0;
}

static void
set_up(void)
{
	vmm_bootstrap_init(memory, memory + REGION, commit);
}

static char *
alloc(size_t size)
{
	return vmm_bootstrap_alloc(1, size, 0);
}

static bool
is_aligned(const void *p, size_t alignment)
{
	return (uintptr_t)p % alignment == 0;
}

START_TEST(blocks)
{
	char *last = NULL;

	for (size_t size = 0; size < 300; size++) {
		char *p = alloc(size);

		ck_assert_ptr_nonnull(p);
		ck_assert(is_aligned(p, 16));
		ck_assert(vmm_bootstrap_owns(p));
		ck_assert(p > last);
		ck_assert_uint_ge(vmm_bootstrap_usable_size(p), size);
		ck_assert(p + vmm_bootstrap_usable_size(p) <= committed);
		memset(p, 0xff, vmm_bootstrap_usable_size(p));
		if (last != NULL)
			ck_assert_uint_eq(
				vmm_bootstrap_usable_size(last) % 16, 0);
		last = p;
	}
	ck_assert(!vmm_bootstrap_owns(NULL));
	ck_assert(!vmm_bootstrap_owns(&last));
	ck_assert(!vmm_bootstrap_owns(memory + REGION));
}
END_TEST

START_TEST(aligned)
{
	for (size_t align = 1; align <= 16384; align *= 2) {
		char *p = vmm_bootstrap_alloc(align, 100, 0);

		ck_assert_ptr_nonnull(p);
		ck_assert(is_aligned(p, align < 16 ? 16 : align));
		ck_assert_uint_ge(vmm_bootstrap_usable_size(p), 100);
	}
	errno = 0;
	ck_assert_ptr_null(vmm_bootstrap_alloc(SIZE_MAX / 2 + 1, 1, 0));
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(full)
{
	size_t n = 0;
	static const size_t too_large[] = { REGION, PTRDIFF_MAX, SIZE_MAX - 100,
		SIZE_MAX };

	for (size_t i = 0; i < sizeof(too_large) / sizeof(size_t); i++) {
		errno = 0;
		ck_assert_ptr_null(alloc(too_large[i]));
		ck_assert_int_eq(errno, ENOMEM);
	}
	while (alloc(1500) != NULL)
		n++;
	ck_assert_uint_gt(n, REGION / 1600);
	ck_assert_ptr_nonnull(alloc(10)); /* this much is left */
}
END_TEST

/* Requests that must leave a part free fail; others may use that part. */
START_TEST(spared)
{
	size_t spare = REGION / 4;

	while (vmm_bootstrap_alloc(1, 100, spare) != NULL)
		;
	ck_assert_uint_le(vmm_bootstrap_bytes(), REGION - spare);
	ck_assert_uint_gt(vmm_bootstrap_bytes(), REGION - spare - 200);
	ck_assert_ptr_nonnull(alloc(spare / 2));
	ck_assert_ptr_null(vmm_bootstrap_alloc(1, 1, SIZE_MAX));
}
END_TEST

START_TEST(no_memory)
{
	is_refusing = true;
	errno = 0;
	ck_assert_ptr_null(alloc(1));
	ck_assert_int_eq(errno, ENOMEM);
	is_refusing = false;
	ck_assert_ptr_nonnull(alloc(1));
}
END_TEST

START_TEST(finished)
{
	char *p = alloc(100);
	char *end;

	memset(p, 5, 100);
	end = vmm_bootstrap_finish(PAGE);
	ck_assert(is_aligned(end, PAGE));
	ck_assert_ptr_eq(end, memory + PAGE);
	ck_assert_uint_eq(vmm_bootstrap_bytes(), PAGE);
	ck_assert(vmm_bootstrap_is_finished());
	ck_assert_ptr_null(alloc(10));
	/* old blocks remain the region's */
	ck_assert(vmm_bootstrap_owns(p));
	ck_assert_uint_ge(vmm_bootstrap_usable_size(p), 100);
	ck_assert_int_eq(p[99], 5);
	ck_assert(!vmm_bootstrap_owns(end));
}
END_TEST

/* While the backend is loaded the region cannot grow beyond a limit. */
START_TEST(limited)
{
	char *p = alloc(3000);
	char *end;

	end = vmm_bootstrap_limit(16, 2 * PAGE, PAGE);
	ck_assert_ptr_eq(end, memory + 12 * PAGE);
	ck_assert(vmm_bootstrap_owns(p));
	while (alloc(1000) != NULL)
		;
	ck_assert(committed <= end);
	ck_assert(committed > end - 1100);
	ck_assert_ptr_eq(vmm_bootstrap_finish(PAGE), end);
}
END_TEST

START_TEST(limited_to_the_least)
{
	ck_assert_ptr_eq(
		vmm_bootstrap_limit(16, 2 * PAGE, PAGE), memory + 2 * PAGE);
	ck_assert_ptr_eq(
		vmm_bootstrap_limit(16, 8 * REGION, PAGE), memory + 2 * PAGE);
}
END_TEST

static void *
allocate(void *arg)
{
	static int failures; /* atomic */

	(void)arg;
	for (;;) {
		char *p;

		/* A loaded machine may delay the thread that finishes. */
		while (vmm_bootstrap_bytes() > REGION / 2 &&
			!vmm_bootstrap_is_finished())
			sched_yield();
		p = alloc(16);
		if (p == NULL)
			break;
		memset(p, 6, 16);
		if (!vmm_bootstrap_owns(p))
			__atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
	}
	if (!vmm_bootstrap_is_finished())
		__atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
	return &failures;
}

/* Every block lies in the region, and no request fails before its end. */
START_TEST(threads_while_finishing)
{
	pthread_t threads[2];
	void *failures = NULL;

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, allocate, NULL), 0);
	while (vmm_bootstrap_bytes() < 10 * PAGE)
		;
	(void)vmm_bootstrap_finish(PAGE);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_join(threads[i], &failures), 0);
	ck_assert_int_eq(*(int *)failures, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bootstrap");
	TCase *cases = tcase_create("all");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, blocks);
	tcase_add_test(cases, aligned);
	tcase_add_test(cases, full);
	tcase_add_test(cases, spared);
	tcase_add_test(cases, no_memory);
	tcase_add_test(cases, finished);
	tcase_add_test(cases, limited);
	tcase_add_test(cases, limited_to_the_least);
	tcase_add_test(cases, threads_while_finishing);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
