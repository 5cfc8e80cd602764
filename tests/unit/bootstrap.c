/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/bootstrap.c on its own. This program takes the place of core/init.c:
 * the live table is its own.
 */
#include "config.h"

#include "core/bootstrap.h"

#include "core/init.h"
#include "core/ops.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define REGION ((size_t)256 << 10)
#define PAGE 4096

union vmm_ops_page vmm_ops_page;

static _Alignas(PAGE) char memory[REGION + PAGE];
static char *committed; /* end of it */
static bool is_refusing;
static int init_calls;

void
vmm_init_pool(void)
{
	init_calls++;
}

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

static void *
live_malloc(size_t size)
{
	return malloc(size);
}

static void *
live_calloc(size_t nmemb, size_t size)
{
	return calloc(nmemb, size);
}

static void *
live_memalign(size_t alignment, size_t size)
{
	return aligned_alloc(alignment, size);
}

static void
set_up(void)
{
	vmm_ops.malloc = vmm_bootstrap_malloc;
	vmm_ops.calloc = vmm_bootstrap_calloc;
	vmm_ops.memalign = vmm_bootstrap_memalign;
	vmm_bootstrap_init(memory, memory + REGION, commit);
}

static void
go_live(void)
{
	vmm_ops.calloc = live_calloc;
	vmm_ops.memalign = live_memalign;
	__atomic_store_n(&vmm_ops.malloc, live_malloc, __ATOMIC_RELEASE);
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
		char *p = vmm_bootstrap_malloc(size);

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
		vmm_bootstrap_free(p);
	}
	ck_assert_int_ge(init_calls, 300); /* whoever is first maps the pool */
	ck_assert(!vmm_bootstrap_owns(NULL));
	ck_assert(!vmm_bootstrap_owns(&last));
	ck_assert(!vmm_bootstrap_owns(memory + REGION));
}
END_TEST

START_TEST(zeroed)
{
	for (size_t i = 1; i < 100; i++) {
		char *p = vmm_bootstrap_calloc(i, 7);

		ck_assert_ptr_nonnull(p);
		ck_assert(p[0] == 0 && memcmp(p, p + 1, 7 * i - 1) == 0);
		memset(p, 1, 7 * i);
	}
	errno = 0;
	ck_assert_ptr_null(vmm_bootstrap_calloc(SIZE_MAX / 2 + 1, 2));
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(aligned)
{
	for (size_t align = 1; align <= 16384; align *= 2) {
		char *p = vmm_bootstrap_memalign(align, 100);

		ck_assert_ptr_nonnull(p);
		ck_assert(is_aligned(p, align < 16 ? 16 : align));
		ck_assert_uint_ge(vmm_bootstrap_usable_size(p), 100);
	}
	errno = 0;
	ck_assert_ptr_null(vmm_bootstrap_memalign(SIZE_MAX / 2 + 1, 1));
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(resized)
{
	char *p = vmm_bootstrap_malloc(10);
	char *q;

	memset(p, 3, 10);
	ck_assert_ptr_eq(vmm_bootstrap_realloc(p, 5), p);
	q = vmm_bootstrap_realloc(p, 5000);
	ck_assert_ptr_nonnull(q);
	ck_assert_ptr_ne(q, p);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(q[i], 3);
	ck_assert_ptr_null(vmm_bootstrap_realloc(q, PTRDIFF_MAX));
	ck_assert_int_eq(q[0], 3);
}
END_TEST

START_TEST(full)
{
	size_t n = 0;
	static const size_t too_large[] = { REGION, PTRDIFF_MAX, SIZE_MAX - 100,
		SIZE_MAX };

	for (size_t i = 0; i < sizeof(too_large) / sizeof(size_t); i++) {
		errno = 0;
		ck_assert_ptr_null(vmm_bootstrap_malloc(too_large[i]));
		ck_assert_int_eq(errno, ENOMEM);
	}
	while (vmm_bootstrap_malloc(1500) != NULL)
		n++;
	ck_assert_uint_gt(n, REGION / 1600);
	ck_assert_ptr_nonnull(vmm_bootstrap_malloc(10)); /* what is left */
}
END_TEST

START_TEST(no_storage)
{
	is_refusing = true;
	errno = 0;
	ck_assert_ptr_null(vmm_bootstrap_malloc(1));
	ck_assert_int_eq(errno, ENOMEM);
	is_refusing = false;
	ck_assert_ptr_nonnull(vmm_bootstrap_malloc(1));
}
END_TEST

START_TEST(finished)
{
	char *p = vmm_bootstrap_malloc(100);
	char *end;

	memset(p, 5, 100);
	end = vmm_bootstrap_finish(PAGE);
	ck_assert(is_aligned(end, PAGE));
	ck_assert_ptr_eq(end, memory + PAGE);
	ck_assert_uint_eq(vmm_bootstrap_bytes(), PAGE);
	go_live();
	/* late callers of the old functions are served by the new ones */
	ck_assert(!vmm_bootstrap_owns(vmm_bootstrap_malloc(10)));
	ck_assert(!vmm_bootstrap_owns(vmm_bootstrap_calloc(10, 10)));
	ck_assert(!vmm_bootstrap_owns(vmm_bootstrap_memalign(64, 64)));
	/* and old blocks stay */
	ck_assert(vmm_bootstrap_owns(p));
	ck_assert_uint_ge(vmm_bootstrap_usable_size(p), 100);
	char *q = vmm_bootstrap_realloc(p, 300);
	ck_assert(!vmm_bootstrap_owns(q));
	ck_assert_int_eq(q[99], 5);
	ck_assert(!vmm_bootstrap_owns(end));
}
END_TEST

static void *
allocate(void *arg)
{
	static int failures; /* atomic */

	(void)arg;
	for (int i = 0; i < 500; i++) {
		char *p = i % 2 == 0 ? vmm_bootstrap_malloc(16)
				     : vmm_bootstrap_calloc(4, 4);

		if (p == NULL)
			__atomic_add_fetch(&failures, 1, __ATOMIC_SEQ_CST);
		else
			memset(p, 6, 16);
	}
	return &failures;
}

/*
 * Between the region's end and the new table there is a moment without either:
 * who comes then must wait, not fail.
 */
START_TEST(threads_while_finishing)
{
	pthread_t threads[2];
	void *failures = NULL;

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, allocate, NULL), 0);
	(void)vmm_bootstrap_finish(PAGE);
	usleep(20000);
	go_live();
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
	tcase_add_test(cases, zeroed);
	tcase_add_test(cases, aligned);
	tcase_add_test(cases, resized);
	tcase_add_test(cases, full);
	tcase_add_test(cases, no_storage);
	tcase_add_test(cases, finished);
	tcase_add_test(cases, threads_while_finishing);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
