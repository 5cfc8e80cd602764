/* SPDX-License-Identifier: BSD-3-Clause */
/* backends/native/mid.c: which free extents are kept, and for how long. */
#include "config.h"

#include "backends/native/mid.h"

#include "backends/native/arena.h"
#include "backends/native/extent.h"
#include "backends/native/large.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/threads.h"
#include "core/host.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"

#include <string.h>

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)
#define BLOCKS 6u

static struct vmm_pool pool;
static struct vmmalloc_host host;
static struct nat_mid *mid;
static unsigned int n_allocated, n_freed; /* calls into the core */
static char *blocks[BLOCKS];

static void *
count_alloc(void *addr, size_t size, size_t alignment, unsigned int flags,
	bool *is_zero)
{
	n_allocated++;
	return vmmalloc_host_get()->extent_alloc(
		addr, size, alignment, flags, is_zero);
}

static void
count_free(void *addr, size_t size)
{
	n_freed++;
	vmmalloc_host_get()->extent_free(addr, size);
}

static void
set_up(void)
{
	unit_make_pool(&pool, ".", 64 * MIB);
	unit_start_host(&pool);
	host = *vmmalloc_host_get();
	host.extent_alloc = count_alloc;
	host.extent_free = count_free;
	ck_assert_int_eq(nat_meta_init(MIB, 0), 0);
	ck_assert_int_eq(nat_map_init(&host), 0);
	ck_assert_int_eq(nat_arena_init(&host), 0);
	nat_large_init(&host);
	nat_threads_init(&host);
	mid = &nat_mids[0];
}

static void
release(char *block)
{
	nat_large_free(block, nat_map_clear_tag(block));
}

/* Allocates BLOCKS blocks of this size. */
static void
allocate(size_t size)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = nat_large_alloc(size, 0, 0);
		ck_assert_ptr_nonnull(blocks[i]);
	}
}

static void
release_all(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++)
		release(blocks[i]);
}

/* Blocks are reused, the latest first, without a call into the core. */
START_TEST(reuse)
{
	size_t size;
	char *last;

	allocate(100 * KIB);
	last = blocks[BLOCKS - 1];
	size = nat_class_size(nat_map_class(last));
	ck_assert_uint_eq(n_allocated, BLOCKS);
	for (unsigned int i = 0; i < 3; i++) {
		release_all();
		allocate(100 * KIB);
	}
	ck_assert_uint_eq(n_allocated, BLOCKS);
	ck_assert_uint_eq(n_freed, 0);
	release(last);
	ck_assert_ptr_eq(nat_large_alloc(size, 0, 0), last);
	ck_assert_uint_eq(nat_extent_bytes(), BLOCKS * size);
}
END_TEST

/* A slightly larger block is reused, but not one of twice the size. */
START_TEST(larger)
{
	char *block = nat_large_alloc(128 * KIB, 0, 0);

	release(block);
	ck_assert_ptr_eq(nat_large_alloc(100 * KIB, 0, 0), block);
	ck_assert_uint_eq(n_allocated, 1);
	release(block);
	ck_assert_ptr_ne(nat_large_alloc(64 * KIB, 0, 0), block);
	ck_assert_uint_eq(n_allocated, 2);
}
END_TEST

/* A block that must be zero is cleared, whatever was in it. */
START_TEST(zero)
{
	char *block = nat_large_alloc(MIB, 0, 0);

	memset(block, 1, MIB);
	release(block);
	ck_assert_ptr_eq(
		nat_large_alloc(MIB - 9, 0, VMMALLOC_EXTENT_ZERO), block);
	ck_assert_int_eq(block[0], 0);
	ck_assert_int_eq(memcmp(block, block + 1, MIB - 10), 0);
}
END_TEST

/* A block aligned to more than a page comes from the core. */
START_TEST(aligned)
{
	char *block = nat_large_alloc(64 * KIB, 0, 0);

	release(block);
	ck_assert_ptr_eq(nat_large_alloc(64 * KIB, host.page_size, 0), block);
	release(block);
	block = nat_large_alloc(64 * KIB, MIB, 0);
	ck_assert_uint_eq((uintptr_t)block % MIB, 0);
	ck_assert_uint_eq(n_allocated, 2);
}
END_TEST

/* Extents used since the last call stay cached; the rest is released. */
START_TEST(age)
{
	allocate(40 * KIB);
	release_all();
	nat_mid_age(mid);
	ck_assert_uint_eq(n_freed, 0);
	for (unsigned int i = 0; i < 5; i++) {
		char *used = nat_large_alloc(40 * KIB, 0, 0);
		char *also = nat_large_alloc(40 * KIB, 0, 0);

		release(used);
		release(also);
		nat_mid_age(mid);
		ck_assert_uint_eq(n_freed, BLOCKS - 2);
	}
	nat_mid_age(mid);
	ck_assert_uint_eq(n_freed, BLOCKS);
	ck_assert_uint_eq(nat_extent_bytes(), 0);
}
END_TEST

/* The cache is bounded, and a flush empties it. */
START_TEST(bound)
{
	static char *many[20];
	const unsigned int n = sizeof(many) / sizeof(many[0]);

	for (unsigned int i = 0; i < n; i++)
		many[i] = nat_large_alloc(MIB, 0, 0);
	for (unsigned int i = 0; i < n; i++)
		release(many[i]);
	ck_assert_uint_eq(nat_mid_bytes(mid), nat_kept_max + MIB);
	ck_assert_uint_eq(nat_mid_bytes(mid), nat_extent_bytes());
	ck_assert(nat_mid_flush(mid));
	ck_assert(!nat_mid_flush(mid));
	ck_assert_uint_eq(nat_mid_bytes(mid), 0);
	ck_assert_uint_eq(n_freed, n);
	ck_assert_uint_eq(nat_extent_bytes(), 0);
}
END_TEST

/* A resized block has the class of its new size. */
START_TEST(resize)
{
	char *block = nat_large_alloc(256 * KIB, 0, 0);

	ck_assert(nat_large_resize(block, 192 * KIB));
	ck_assert_uint_eq(nat_map_class(block), nat_class_of(256 * KIB));
	ck_assert(nat_large_resize(block, 900 * KIB));
	ck_assert_uint_eq(nat_map_class(block), nat_class_of(900 * KIB));
	ck_assert(nat_large_resize(block, 3 * MIB));
	ck_assert_uint_eq(nat_map_class(block), NAT_CLASS_LARGE);
	ck_assert_uint_eq(nat_large_usable_size(block), 3 * MIB);
	ck_assert(nat_large_resize(block, 64 * KIB));
	ck_assert_uint_eq(nat_map_class(block), nat_class_of(64 * KIB));
	ck_assert_uint_eq(
		nat_extent_bytes(), nat_class_size(nat_class_of(64 * KIB)));
	/* copying is cheaper than growing it */
	ck_assert(!nat_large_resize(block, 256 * KIB));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("native-mid");
	TCase *cases = tcase_create("mid");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, reuse);
	tcase_add_test(cases, larger);
	tcase_add_test(cases, zero);
	tcase_add_test(cases, aligned);
	tcase_add_test(cases, age);
	tcase_add_test(cases, bound);
	tcase_add_test(cases, resize);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
