/* SPDX-License-Identifier: BSD-3-Clause */
/* backends/native/arena.c: which arena a thread gets, and when one is made. */
#include "config.h"

#include "backends/native/arena.h"

#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"

#include <sched.h>

#define MIB ((size_t)1 << 20)

static struct vmm_pool pool;

/* The test may run on up to n processors; returns on how many. */
static unsigned int
use_processors(unsigned int n)
{
	cpu_set_t all, some;
	unsigned int used = 0;

	CPU_ZERO(&some);
	ck_assert_int_eq(sched_getaffinity(0, sizeof(all), &all), 0);
	for (int i = 0; i < CPU_SETSIZE && used < n; i++)
		if (CPU_ISSET(i, &all)) {
			CPU_SET(i, &some);
			used++;
		}
	ck_assert_int_eq(sched_setaffinity(0, sizeof(some), &some), 0);
	return used;
}

static void
set_up(void)
{
	unit_make_pool(&pool, "/dev/shm", 64 * MIB);
	unit_start_host(&pool);
	ck_assert_int_eq(nat_meta_init(MIB, 0), 0);
	ck_assert_int_eq(nat_map_init(vmmalloc_host_get()), 0);
	ck_assert_int_eq(nat_arena_init(vmmalloc_host_get()), 0);
	ck_assert_uint_eq(nat_arena_count(), 1);
}

static unsigned int
join(void)
{
	return nat_arena_number(nat_arena_join());
}

static void
leave(unsigned int number)
{
	nat_arena_leave(nat_arena_at(number));
}

START_TEST(one_processor)
{
	use_processors(1);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(join(), 0);
	ck_assert_uint_eq(nat_arena_count(), 1);
	ck_assert_ptr_eq(nat_arena_move(nat_arena_at(0)), nat_arena_at(0));
}
END_TEST

/* An arena is made if each has a thread; one that all have left is used. */
START_TEST(two_processors)
{
	if (use_processors(2) < 2)
		return;
	ck_assert_uint_eq(join(), 0);
	ck_assert_uint_eq(nat_arena_count(), 1);
	ck_assert_uint_eq(join(), 1);
	ck_assert_uint_eq(nat_arena_count(), 2);
	ck_assert_uint_eq(join(), 0);
	ck_assert_uint_eq(join(), 1);
	leave(1);
	leave(1);
	ck_assert_uint_eq(join(), 1);
	ck_assert_uint_eq(nat_arena_count(), 2);
}
END_TEST

/* A thread moves only if that balances the arenas. */
START_TEST(moves)
{
	if (use_processors(2) < 2)
		return;
	for (unsigned int i = 0; i < 4; i++)
		ck_assert_uint_eq(join(), i % 2);
	leave(1);
	ck_assert_ptr_eq(nat_arena_move(nat_arena_at(0)), nat_arena_at(0));
	leave(1);
	ck_assert_ptr_eq(nat_arena_move(nat_arena_at(0)), nat_arena_at(1));
	ck_assert_ptr_eq(nat_arena_move(nat_arena_at(0)), nat_arena_at(0));
}
END_TEST

/* A forked child has one thread, or none that uses an arena. */
START_TEST(forked)
{
	if (use_processors(2) < 2)
		return;
	for (unsigned int i = 0; i < 4; i++)
		join();
	nat_arena_leave_all(nat_arena_at(1));
	ck_assert_uint_eq(join(), 0);
	ck_assert_uint_eq(join(), 0);
	nat_arena_leave_all(NULL);
	ck_assert_uint_eq(join(), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("native-arena");
	TCase *cases = tcase_create("all");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, one_processor);
	tcase_add_test(cases, two_processors);
	tcase_add_test(cases, moves);
	tcase_add_test(cases, forked);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
