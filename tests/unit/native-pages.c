/* SPDX-License-Identifier: BSD-3-Clause */
/* backends/native/slab_pages.c, bin_pages.c: pages on which no block lives. */
#include "config.h"

#include "backends/native/bin.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "backends/native/slab.h"
#include "backends/native/spares.h"
#include "core/host.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "os/process.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MIB ((size_t)1 << 20)
#define BLOCKS 8192u

static const size_t sizes[] = { 16, 48, 256, 1152, 4608, 7168, 32768 };

static struct vmm_pool pool;
static struct vmmalloc_host host;
static size_t page;
static const struct nat_shape *shape;
static struct nat_slab *slab;
static struct nat_misuse misuse;
static struct nat_spares spares;
static struct nat_bin bin;
static void *blocks[BLOCKS];
static bool must_fail, must_fail_purge;

static int
commit(void *addr, size_t size)
{
	if (!must_fail)
		return vmmalloc_host_get()->commit(addr, size);
	errno = ENOMEM;
	return -1;
}

/* Fails after it has purged one page, which the interface allows. */
static int
purge(void *addr, size_t size)
{
	if (!must_fail_purge)
		return vmmalloc_host_get()->purge(addr, size);
	vmmalloc_host_get()->purge(addr, page);
	return -1;
}

static void
set_up(void)
{
	unit_make_pool(&pool, "/dev/shm", 64 * MIB);
	unit_start_host(&pool);
	host = *vmmalloc_host_get();
	host.commit = commit;
	host.purge = purge;
	page = host.page_size;
	must_fail = must_fail_purge = false;
	ck_assert_int_eq(nat_meta_init(MIB, 0), 0);
	ck_assert_int_eq(nat_map_init(&host), 0);
	nat_slab_init(&host);
	nat_spares_init(&spares, NULL);
}

static size_t
committed_bytes(void)
{
	return pool.committed_pages * page;
}

/* Makes a slab of this size of blocks, all of which are used. */
static void
make_full_slab(size_t size)
{
	unsigned int tag = nat_class_of(size);
	size_t n = 0;

	shape = &nat_shapes[tag];
	slab = nat_slab_create(tag, shape->span);
	ck_assert_ptr_nonnull(slab);
	while (n < slab->capacity) {
		ck_assert(nat_slab_carve(slab, 0));
		n += nat_slab_alloc(slab, blocks, BLOCKS);
	}
	ck_assert_uint_eq(slab->n_out, slab->capacity);
}

/* Frees all blocks but number `used`. */
static void
free_others(size_t used)
{
	for (size_t i = 0; i < slab->capacity; i++)
		if (i != used)
			ck_assert_uint_eq(
				nat_slab_free_one(slab, shape,
					slab->start + i * shape->size, &misuse),
				1);
	ck_assert_uint_eq(slab->n_out, 1);
}

/* Allocates all that it can; they are the last n of blocks[]. */
static size_t
alloc_all(void **taken[])
{
	size_t n = nat_slab_alloc(slab, blocks, BLOCKS);

	*taken = blocks + BLOCKS - n;
	return n;
}

static size_t
purge_all(unsigned int runs)
{
	size_t bytes, before = committed_bytes();

	nat_slab_purge(slab, &runs, &bytes);
	ck_assert_uint_eq(nat_slab_purged_bytes(slab), bytes);
	ck_assert_uint_eq(before - committed_bytes(), bytes);
	return bytes;
}

/* Pages that hold a part of the block. */
static size_t
bytes_around(size_t number)
{
	size_t from = number * shape->size / page;
	size_t to = ((number + 1) * shape->size + page - 1) / page;

	return (to - from) * page;
}

/* Only what lies on pages of the used block is left, and can be allocated. */
static void
check_purged(void)
{
	size_t used = slab->capacity / 3;
	size_t most, n;
	void **taken;

	free_others(used);
	most = bytes_around(used);
	ck_assert_uint_eq(purge_all(32), nat_slab_cold(slab)->committed - most);
	n = alloc_all(&taken);
	ck_assert_uint_lt(n, most / shape->size + 1);
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)((char *)taken[i] - slab->start);

		ck_assert_uint_ge(at, used * shape->size / page * page);
		ck_assert_uint_le(at + shape->size,
			used * shape->size / page * page + most);
		memset(taken[i], 1, shape->size);
	}
	ck_assert_uint_eq(nat_slab_alloc(slab, blocks, BLOCKS), 0);
}

/* Purged pages are committed again, and each block is allocated once. */
static void
check_committed_again(void)
{
	while (slab->n_out < slab->capacity) {
		void **taken;
		size_t n;

		ck_assert(nat_slab_carve(slab, 0));
		n = alloc_all(&taken);
		ck_assert_uint_gt(n, 0);
		for (size_t i = 0; i < n; i++)
			memset(taken[i], 2, shape->size);
	}
	ck_assert_uint_eq(nat_slab_purged_bytes(slab), 0);
	for (size_t i = 0; i < slab->capacity; i++)
		ck_assert(
			nat_slab_is_used(slab, slab->start + i * shape->size));
}

START_TEST(purge_and_commit)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_full_slab(sizes[i]);
		ck_assert_uint_eq(purge_all(32), 0);
		check_purged();
		check_committed_again();
	}
}
END_TEST

/* A block on a purged page is free: a second free is found. */
/* Their pages have no access rights, and could not be committed again. */
START_TEST(no_bytes)
{
	make_full_slab(0);
	free_others(0);
	ck_assert_uint_eq(purge_all(100), 0);
}
END_TEST

START_TEST(double_free)
{
	char *first;

	make_full_slab(256);
	free_others(slab->capacity - 1);
	first = slab->start;
	ck_assert_uint_gt(purge_all(32), 0);
	ck_assert(!nat_slab_is_used(slab, first));
	ck_assert_uint_eq(nat_slab_free_one(slab, shape, first, &misuse), 0);
	ck_assert_str_eq(misuse.what, "double free of");
	ck_assert_uint_eq(slab->n_out, 1);
	nat_slab_alloc(slab, blocks, BLOCKS);
	ck_assert_uint_eq(nat_slab_free_one(slab, shape, first, &misuse), 0);
}
END_TEST

/* If nothing can be committed, nothing changes. */
START_TEST(no_memory)
{
	make_full_slab(1152);
	check_purged();
	must_fail = true;
	ck_assert(!nat_slab_carve(slab, 0));
	ck_assert_uint_eq(nat_slab_alloc(slab, blocks, BLOCKS), 0);
	must_fail = false;
	check_committed_again();
}
END_TEST

/* A purge that failed may have released a part. */
START_TEST(purge_fails)
{
	unsigned int runs = 32;
	size_t bytes;

	make_full_slab(1152);
	free_others(0);
	must_fail_purge = true;
	ck_assert(!nat_slab_purge(slab, &runs, &bytes));
	ck_assert_uint_eq(runs, 31);
	check_committed_again();
}
END_TEST

/* An empty slab with purged pages serves its own class, and another one. */
START_TEST(reuse)
{
	static const size_t next[] = { 1152, 2048 };

	for (size_t i = 0; i < 2; i++) {
		unsigned int tag = nat_class_of(next[i]);

		make_full_slab(1152);
		free_others(3);
		ck_assert_uint_gt(purge_all(1), 0);
		nat_slab_free_one(slab, shape,
			slab->start + (size_t)3 * shape->size, &misuse);
		nat_spares_push(&spares, slab);
		slab = nat_spares_pop(&spares, tag, shape->span);
		ck_assert_ptr_nonnull(slab);
		shape = &nat_shapes[tag];
		while (slab->n_out < slab->capacity) {
			void **taken;
			size_t n = alloc_all(&taken);

			for (size_t k = 0; k < n; k++)
				memset(taken[k], 3, shape->size);
			if (n == 0)
				ck_assert(nat_slab_carve(slab, 0));
		}
	}
}
END_TEST

static void
free_but_each(size_t n, size_t each)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (i % each != 0)
			blocks[i - left] = blocks[i];
		else
			left++;
	nat_bin_free(&bin, blocks, n - left);
}

/* A bin in use is left alone unless it may be purged. */
START_TEST(quiet_bins)
{
	size_t n = MIB / 512;

	nat_bin_init(&bin, nat_class_of(512), &spares, NULL);
	ck_assert_uint_eq(nat_bin_alloc(&bin, blocks, n), n);
	free_but_each(n, 16);
	ck_assert(!nat_bin_purge(&bin, false));
	ck_assert_uint_eq(bin.purged, 0);
	ck_assert(!nat_bin_purge(&bin, false));
	ck_assert_uint_gt(bin.purged, 0);
	ck_assert_uint_gt(nat_bin_alloc(&bin, blocks + n, 1), 0);
	ck_assert(nat_bin_purge(&bin, true));
}
END_TEST

/*
 * A bin purges what it has not needed from one call to the next, and goes on
 * with what it needs then.
 */
START_TEST(bins)
{
	size_t n = MIB / 512;
	size_t before, after;

	nat_bin_init(&bin, nat_class_of(512), &spares, NULL);
	ck_assert_uint_eq(nat_bin_alloc(&bin, blocks, n), n);
	nat_bin_purge(&bin, true);
	free_but_each(n, 16);
	before = committed_bytes();
	nat_bin_purge(&bin, true);
	ck_assert_uint_eq(bin.purged, 0);
	for (unsigned int i = 0; i < 32; i++) {
		ck_assert_uint_eq(nat_bin_alloc(&bin, blocks, n / 2), n / 2);
		nat_bin_free(&bin, blocks, n / 2);
		nat_bin_purge(&bin, true);
	}
	after = bin.purged;
	ck_assert_uint_eq(before - committed_bytes(), after);
	/* half of the blocks were needed, 1/16 is used, 1/8 may be kept */
	ck_assert_uint_le(after, MIB / 2);
	ck_assert_uint_ge(after, MIB / 8);
	for (unsigned int i = 0; i < 32; i++)
		nat_bin_purge(&bin, true);
	ck_assert_uint_ge(bin.purged, MIB / 4);
	ck_assert_uint_eq(before - committed_bytes(), bin.purged);
	/* all of it comes back, and nothing more is needed */
	n -= bin.n_out;
	ck_assert_uint_eq(nat_bin_alloc(&bin, blocks, n), n);
	ck_assert_uint_eq(bin.purged, 0);
	ck_assert_uint_eq(committed_bytes(), before);
	ck_assert_ptr_null(bin.hand);
	for (size_t i = 0; i < n; i++)
		memset(blocks[i], 4, 512);
	nat_bin_free(&bin, blocks, n);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("native-pages");
	TCase *tcase = tcase_create("pages");

	if (vmm_os_page_size() > 16 << 10) {
		puts("skipped: slabs have too few pages of this size");
		return 77;
	}
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, purge_and_commit);
	tcase_add_test(tcase, no_bytes);
	tcase_add_test(tcase, double_free);
	tcase_add_test(tcase, no_memory);
	tcase_add_test(tcase, purge_fails);
	tcase_add_test(tcase, reuse);
	tcase_add_test(tcase, bins);
	tcase_add_test(tcase, quiet_bins);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
