/* SPDX-License-Identifier: BSD-3-Clause */
/* core/parts.c and core/host.c: which part of a pool in two gets an extent. */
#include "config.h"

#include "core/parts.h"

#include "core/host.h"
#include "core/pages.h"
#include "core/pool.h"
#include "libvmmalloc.h"
#include "os/memory.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>

#define MIB ((size_t)1 << 20)

static struct vmm_pool pools[2];
static struct vmm_parts parts;
static struct vmmalloc_host host;

/* A pool in address space that is reserved for two of them. */
static int
create(unsigned int i, char *base, size_t size, size_t room)
{
	struct vmm_space space = { .base = base, .size = room };
	char tmp_name[PATH_MAX];
	const char *why;

	return vmm_pool_create(&pools[i], "/dev/shm", size, &space, tmp_name,
		sizeof(tmp_name), &why);
}

/* Two parts, each as large as the smallest pool, with a hole between them. */
static void
set_up(void)
{
	size_t size = VMMALLOC_MIN_POOL;
	char *base = vmm_os_reserve(3 * size, 2 * MIB);

	ck_assert_ptr_nonnull(base);
	ck_assert_int_eq(create(0, base, size, size), 0);
	ck_assert_int_eq(create(1, base + 2 * size, size, size), 0);
	vmm_parts_add(&parts, &pools[0]);
	vmm_parts_add(&parts, &pools[1]);
}

static void
start(enum vmm_placement_kind kind)
{
	parts.placement.kind = kind;
	vmm_host_init(&parts, &host);
	vmm_host_add_rest(parts.base);
}

/* Allocates an extent; returns the number of its part. */
static unsigned int
part_of_extent(size_t size, unsigned int flags)
{
	char *extent = host.extent_alloc(NULL, size, 0, flags, NULL);

	ck_assert_ptr_nonnull(extent);
	return vmm_parts_find(&parts, extent);
}

START_TEST(addresses)
{
	const char *hole = pools[0].base + pools[0].size;

	ck_assert_ptr_eq(parts.base, pools[0].base);
	ck_assert_uint_eq(parts.capacity, 2 * VMMALLOC_MIN_POOL);
	ck_assert_uint_eq(parts.size, 3 * VMMALLOC_MIN_POOL);
	ck_assert_uint_eq(vmm_parts_find(&parts, parts.base), 0);
	ck_assert_uint_eq(vmm_parts_find(&parts, hole - 1), 0);
	ck_assert_uint_eq(vmm_parts_find(&parts, hole), 2);
	ck_assert_uint_eq(vmm_parts_find(&parts, parts.base - 1), 2);
	ck_assert_uint_eq(vmm_parts_find(&parts, pools[1].base), 1);
	ck_assert_uint_eq(vmm_parts_find(&parts, parts.base + parts.size), 2);
}
END_TEST

/* A part is refused that its space cannot hold, or at an odd address. */
START_TEST(space)
{
	char *base = pools[0].base + pools[0].size;
	size_t page = pools[0].page_size;

	errno = 0;
	ck_assert_int_eq(create(0, base, 2 * MIB, 2 * MIB - page), -1);
	ck_assert_int_eq(errno, ENOMEM);
	errno = 0;
	ck_assert_int_eq(create(0, base + 1, 2 * MIB, 4 * MIB), -1);
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_int_eq(create(0, base, 2 * MIB, 2 * MIB), 0);
	ck_assert_ptr_eq(pools[0].base, base);
}
END_TEST

/* Parts that are too small for a weight of their own are used equally. */
START_TEST(equal_shares)
{
	start(VMM_PLACEMENT_RATIO);
	for (unsigned int i = 0; i < 8; i++)
		ck_assert_uint_eq(part_of_extent(MIB, 0), i % 2);
	ck_assert_uint_eq(parts.spills[0] + parts.spills[1], 0);
}
END_TEST

START_TEST(overflow)
{
	unsigned int n = (unsigned int)(VMMALLOC_MIN_POOL / MIB);

	start(VMM_PLACEMENT_OVERFLOW);
	for (unsigned int i = 0; i < 2 * n; i++)
		ck_assert_uint_eq(part_of_extent(MIB, 0), i / n);
	ck_assert_uint_eq(parts.spills[1], n);
	errno = 0;
	ck_assert_ptr_null(host.extent_alloc(NULL, MIB, 0, 0, NULL));
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

START_TEST(threshold)
{
	parts.placement.size = MIB;
	start(VMM_PLACEMENT_THRESHOLD);
	ck_assert_uint_eq(part_of_extent(MIB - pools[0].page_size, 0), 0);
	ck_assert_uint_eq(part_of_extent(MIB, 0), 1);
}
END_TEST

/*
 * Pages to be committed later are committed at once, up to a huge page: then
 * the other part can still be chosen.
 */
START_TEST(small_is_committed)
{
	size_t page = pools[0].page_size;

	start(VMM_PLACEMENT_OVERFLOW);
	part_of_extent(2 * MIB + page, VMMALLOC_EXTENT_NOCOMMIT);
	ck_assert_uint_eq(pools[0].committed_pages, 0);
	part_of_extent(2 * MIB, VMMALLOC_EXTENT_NOCOMMIT);
	ck_assert_uint_ge(pools[0].committed_pages, 2 * MIB / page);
	ck_assert(vmm_parts_are_consistent(&parts));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("parts");
	TCase *cases = tcase_create("all");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, addresses);
	tcase_add_test(cases, space);
	tcase_add_test(cases, equal_shares);
	tcase_add_test(cases, overflow);
	tcase_add_test(cases, threshold);
	tcase_add_test(cases, small_is_committed);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
