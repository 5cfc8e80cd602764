/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/commit.c: what other threads do while one thread commits or purges
 * without the lock. This program replaces os/lock.c: when the lock is released,
 * it does what another thread could do then.
 */
#include "config.h"

#include "core/commit.h"

#include "base/bitmap.h"
#include "os/lock.h"
#include "core/pages.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"

#include <limits.h>
#include <setjmp.h>

#define MIB ((size_t)1 << 20)
#define POOL_SIZE (64 * MIB)

static const char *const directories[] = { "/dev/shm", "." };

static struct vmm_pool pool;
static size_t huge;	   /* pages */
static size_t first, last; /* in progress */
static void (*when_released)(void);
static unsigned int n_unlocked, n_waits;
static unsigned int n_before; /* unlocks before the one that is looked at */
static bool is_locked, may_wait;
static jmp_buf would_wait;

/* Another thread commits a page of those in progress, and must wait. */
static void
commit_there(size_t page)
{
	may_wait = true;
	if (setjmp(would_wait) == 0) {
		ck_assert_int_eq(vmm_pool_commit(&pool, page, 1, NULL), 0);
		ck_abort_msg("did not wait");
	}
	is_locked = true; /* the wait had released it */
}

static void
commit_elsewhere(void)
{
	size_t had = pool.committed_pages;

	ck_assert_int_eq(vmm_pool_commit(&pool, last + 2 * huge, 1, NULL), 0);
	ck_assert_uint_gt(pool.committed_pages, had);
	ck_assert(!vmm_commit_is_in_flight(
		&pool, last + 2 * huge, last + 3 * huge));
}

static void
unlock(void)
{
	ck_assert(is_locked);
	is_locked = false;
	if (n_unlocked++ != n_before)
		return;
	is_locked = true;
	ck_assert(vmm_commit_is_in_flight(&pool, first, first + 1));
	ck_assert_int_eq(vmm_pool_purge(&pool, first, last - first), -1);
	commit_there(first);
	commit_elsewhere();
	ck_assert_ptr_nonnull(pool.in_flight);
	is_locked = false;
}

void
vmm_lock_pause_work(void)
{
	when_released();
}

void
vmm_lock_resume_work(void)
{
	ck_assert(!is_locked);
	is_locked = true;
}

void
vmm_lock_wait(void)
{
	ck_assert(may_wait);
	n_waits++;
	longjmp(would_wait, 1);
}

static void
create(int directory)
{
	unit_make_pool(&pool, directories[directory], POOL_SIZE);
	when_released = unlock;
	is_locked = true;
	huge = pool.huge_page_size / pool.page_size;
}

START_TEST(lock_is_given_up)
{
	create(_i);
	first = huge;
	last = 3 * huge;
	ck_assert_int_eq(vmm_pool_commit(&pool, first, last - first, NULL), 0);
	ck_assert(is_locked);
	ck_assert_uint_eq(n_waits, 1);
	ck_assert_uint_ge(n_unlocked, 2);
	ck_assert_ptr_null(pool.in_flight);
	ck_assert(vmm_pages_are_consistent(&pool));
	ck_assert_uint_eq(
		vmm_bitmap_count(pool.committed, first, last), last - first);
	ck_assert_int_eq(vmm_pool_purge(&pool, first, last - first), 0);
}
END_TEST

/* Another thread wants the pages that are being purged, and then others. */
static void
unlock_to_purge(void)
{
	ck_assert(is_locked);
	if (n_unlocked++ == n_before) {
		ck_assert(vmm_commit_is_in_flight(&pool, first, last));
		ck_assert_int_eq(
			vmm_pool_purge(&pool, first, last - first), -1);
		commit_there(last - 1);
		commit_elsewhere();
	}
	is_locked = false;
}

START_TEST(lock_is_given_up_to_purge)
{
	create(_i);
	when_released = unlock_to_purge;
	n_before = UINT_MAX;
	first = huge;
	last = 4 * huge;
	ck_assert_int_eq(vmm_pool_commit(&pool, first, huge, NULL), 0);
	n_before = n_unlocked;
	ck_assert_int_eq(vmm_pool_purge(&pool, first, last - first), 0);
	ck_assert(is_locked);
	ck_assert_ptr_null(pool.in_flight);
	/* tmpfs punches holes so quickly that it is done under the lock */
	ck_assert_uint_eq(n_waits, pool.punches_quickly ? 0 : 1);
	ck_assert_uint_eq(vmm_bitmap_count(pool.committed, first, last), 0);
}
END_TEST

/* The other thread is done before a huge page is refused. */
static void
unlock_and_refuse(void)
{
	is_locked = false;
	if (n_unlocked++ == n_before) {
		is_locked = true;
		ck_assert_int_eq(vmm_pool_commit(&pool, first, 1, NULL), 0);
		is_locked = false;
	} else if (n_unlocked == n_before + 2) {
		is_locked = true;
		vmm_pages_mark_committed(&pool, first, last);
		is_locked = false;
		pool.huge.pause = 1;
	}
}

START_TEST(no_wait_for_nothing)
{
	create(0);
	when_released = unlock_and_refuse;
	n_before = UINT_MAX;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 20 * huge, NULL), 0);
	if (!pool.wants_huge || pool.huge.refusals > 0)
		return;
	first = 20 * huge;
	last = 21 * huge;
	n_before = n_unlocked;
	ck_assert_int_eq(vmm_pool_commit(&pool, first, huge, NULL), 0);
	ck_assert_uint_eq(n_unlocked, n_before + 2);
}
END_TEST

/* Huge pages in use, and the number committed ahead instead of waiting. */
static const size_t used_and_ahead[][2] = {
	{ 1, 0 }, { 2, 1 }, /* one: within 1/2 */
	{ 20, 2 },	    /* two: within 1/8 */
};

/* A thread that would wait commits the next huge pages first, up to a limit. */
START_TEST(waiting_is_used)
{
	size_t had, used, ahead;

	create(0);
	used = used_and_ahead[_i][0] * huge;
	ahead = used_and_ahead[_i][1] * huge;
	n_before = UINT_MAX;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, used, NULL), 0);
	if (!pool.wants_huge || pool.huge.refusals > 0)
		return;
	first = used;
	last = first + huge;
	had = pool.committed_pages;
	n_before = n_unlocked;
	ck_assert_int_eq(vmm_pool_commit(&pool, first, huge, NULL), 0);
	/* Committed ahead of the wait; commit_elsewhere adds only one page. */
	ck_assert_uint_eq(n_waits, 1);
	ck_assert_uint_eq(
		vmm_bitmap_count(pool.committed, last, last + 2 * huge), ahead);
	ck_assert_uint_le(pool.committed_pages - had, 2 * huge + ahead);
	ck_assert(vmm_pages_are_consistent(&pool));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("commit");
	TCase *cases = tcase_create("each directory");

	tcase_add_loop_test(cases, lock_is_given_up, 0, 2);
	tcase_add_loop_test(cases, lock_is_given_up_to_purge, 0, 2);
	tcase_add_loop_test(cases, waiting_is_used, 0, 3);
	tcase_add_test(cases, no_wait_for_nothing);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
