/* SPDX-License-Identifier: BSD-3-Clause */
/* backends/native/spares.c: which empty slabs the core gets back, and when. */
#include "config.h"

#include "backends/native/spares.h"

#include "backends/native/arena.h"
#include "backends/native/bin.h"
#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "core/host.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define MIB ((size_t)1 << 20)
#define SIZE 64
#define SLABS 10u

static struct vmm_pool pool;
static struct vmmalloc_host host;
static struct nat_spares spares;
static struct nat_slab *slabs[SLABS];
static unsigned int tag, span, n_freed;
static size_t slab_bytes;
static size_t n_extents[2]; /* those of a slab's size, and others */
static struct nat_bin bin;  /* without a lock until a test initializes it */
static bool must_be_locked;

static void
count_free(void *addr, size_t size)
{
	n_freed++;
	if (must_be_locked)
		ck_assert_int_eq(pthread_mutex_trylock(&bin.lock), EBUSY);
	vmmalloc_host_get()->extent_free(addr, size);
}

static void *
count_alloc(void *addr, size_t size, size_t alignment, unsigned int flags,
	bool *is_zero)
{
	n_extents[size != slab_bytes]++;
	return vmmalloc_host_get()->extent_alloc(
		addr, size, alignment, flags, is_zero);
}

static struct nat_slab *
list_of(unsigned int n)
{
	struct nat_slab *list = NULL;

	for (unsigned int i = 0; i < n; i++) {
		nat_slab_cold(slabs[i])->next = list;
		list = slabs[i];
	}
	return list;
}

/* Makes ten spare slabs of one class. */
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
	nat_slab_init(&host);
	nat_spares_init(&spares, NULL);
	tag = nat_class_of(SIZE);
	span = nat_shapes[tag].span;
	slab_bytes = nat_span_bytes[span];
	for (unsigned int i = 0; i < SLABS; i++) {
		slabs[i] = nat_slab_create(tag, span);
		ck_assert_ptr_nonnull(slabs[i]);
	}
	nat_spares_push(&spares, list_of(SLABS));
}

static void
pop(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		slabs[i] = nat_spares_pop(&spares, tag, span);
		ck_assert_ptr_nonnull(slabs[i]);
	}
}

/* Slabs used since the last call stay; the rest is released. */
START_TEST(age)
{
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, 0);
	for (unsigned int i = 0; i < 5; i++) {
		pop(4);
		nat_spares_push(&spares, list_of(4));
		nat_spares_age(&spares);
		ck_assert_uint_eq(n_freed, 6);
	}
	/* in use during the next call */
	pop(3);
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, 7);
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, 7);
	nat_spares_push(&spares, list_of(3));
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, 7);
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, SLABS);
	ck_assert_ptr_null(nat_spares_pop(&spares, tag, span));
}
END_TEST

/* The slabs put last are warm: they are taken first and kept longest. */
START_TEST(latest_stay)
{
	struct nat_slab *latest[2];

	pop(SLABS);
	nat_spares_age(&spares);
	nat_spares_push(&spares, list_of(SLABS));
	pop(2);
	latest[0] = slabs[0];
	latest[1] = slabs[1];
	nat_spares_push(&spares, list_of(2));
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, 0);
	pop(2);
	nat_spares_push(&spares, list_of(2));
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, SLABS - 2);
	pop(2);
	ck_assert(slabs[0] == latest[0] || slabs[0] == latest[1]);
	ck_assert(slabs[1] == latest[0] || slabs[1] == latest[1]);
}
END_TEST

/* Each span has spares of its own. */
START_TEST(spans)
{
	unsigned int other = nat_class_of(16384);
	unsigned int span_of_other = nat_shapes[other].span;
	unsigned int larger = nat_shapes[tag].larger;

	ck_assert_uint_eq(nat_shapes[other].larger, span_of_other);
	ck_assert_uint_ne(larger, span);
	ck_assert_uint_ne(larger, span_of_other);
	slabs[0] = nat_slab_create(other, span_of_other);
	nat_spares_push(&spares, list_of(1));
	slabs[0] = nat_slab_create(tag, larger);
	ck_assert_uint_gt(nat_slab_bytes(slabs[0]), slab_bytes);
	nat_spares_push(&spares, list_of(1));
	nat_spares_age(&spares);
	pop(SLABS);
	nat_spares_push(&spares, list_of(SLABS));
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, 2);
	ck_assert_ptr_null(nat_spares_pop(&spares, other, span_of_other));
	ck_assert_ptr_null(nat_spares_pop(&spares, tag, larger));
}
END_TEST

START_TEST(flush)
{
	pop(1);
	ck_assert(nat_spares_flush(&spares));
	ck_assert_uint_eq(n_freed, SLABS - 1);
	ck_assert(!nat_spares_flush(&spares));
	nat_spares_push(&spares, list_of(1));
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, SLABS - 1);
	nat_spares_age(&spares);
	ck_assert_uint_eq(n_freed, SLABS);
}
END_TEST

/*
 * The metadata for a spare slab that gets another tag is recycled from the
 * spares. When slabs are released to the core, their metadata is for all to
 * reuse.
 */
START_TEST(records)
{
	unsigned int other = nat_class_of(16);
	size_t bytes;

	ck_assert_uint_eq(nat_shapes[other].span, span);
	pop(1);
	for (unsigned int i = 0; i < 10; i++) {
		nat_spares_push(&spares, list_of(1));
		bytes = nat_meta_bytes();
		slabs[0] = nat_spares_pop(&spares, i % 2 ? tag : other, span);
		ck_assert_ptr_nonnull(slabs[0]);
		ck_assert_uint_eq(slabs[0]->n_out, 0);
		ck_assert_uint_eq(slabs[0]->carved, 0);
		ck_assert_uint_eq(slabs[0]->free[0], 0);
		ck_assert_uint_eq(nat_meta_bytes() > bytes, i == 0);
	}
	nat_spares_push(&spares, list_of(1));
	nat_spares_flush(&spares);
	bytes = nat_meta_bytes();
	ck_assert_ptr_nonnull(nat_slab_create(other, span));
	for (unsigned int i = 0; i < SLABS; i++)
		ck_assert_ptr_nonnull(nat_slab_create(tag, span));
	ck_assert_uint_eq(nat_meta_bytes(), bytes);
}
END_TEST

static void *
claim(char *addr)
{
	return vmmalloc_host_get()->extent_alloc(
		addr, slab_bytes, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);
}

/* The slabs after a new one are taken in order, unless that space is in use. */
START_TEST(chunk)
{
	struct nat_slab *slab;
	char *start;

	nat_spares_flush(&spares);
	slab = nat_slab_create(tag, span);
	start = slab->start;
	nat_spares_push(&spares, nat_slab_create_behind(slab));
	for (unsigned int i = 1; i < 4; i++) {
		pop(1);
		ck_assert_ptr_eq(slabs[0]->start, start + i * slab_bytes);
	}
	nat_spares_flush(&spares);
	start += 4 * slab_bytes;
	ck_assert_ptr_nonnull(claim(start + slab_bytes));
	slab = nat_slab_create(tag, span);
	ck_assert_ptr_eq(slab->start, start);
	ck_assert_ptr_null(nat_slab_create_behind(slab));
	/* A chunk of 512 KiB ends the run. */
	slab = nat_slab_create(tag, span);
	ck_assert_ptr_eq(slab->start, start + 2 * slab_bytes);
	nat_spares_push(&spares, nat_slab_create_behind(slab));
	ck_assert_ptr_null(claim(slab->start + slab_bytes));
	ck_assert_ptr_nonnull(
		claim((char *)(((uintptr_t)start | 0x7ffff) + 1)));
}
END_TEST

/* A class has small slabs until they amount to 1 MiB. */
START_TEST(many)
{
	static void *blocks[MIB / SIZE];
	const size_t larger = nat_span_bytes[nat_shapes[tag].larger];

	ck_assert_int_eq(nat_arena_init(&host), 0);
	memset(n_extents, 0, sizeof(n_extents));
	for (unsigned int i = 1; i <= 2; i++) {
		ck_assert_uint_eq(
			nat_bin_alloc(nat_arena_bin(tag), blocks, MIB / SIZE),
			MIB / SIZE);
		ck_assert_uint_eq(n_extents[0], MIB / slab_bytes);
		ck_assert_uint_eq(n_extents[1], (i - 1) * MIB / larger);
	}
	nat_bin_free(nat_arena_bin(tag), blocks, MIB / SIZE);
	ck_assert(nat_arena_trim());
	ck_assert_uint_eq(n_freed, MIB / larger);
	ck_assert_uint_eq(nat_bin_alloc(nat_arena_bin(tag), blocks, MIB / SIZE),
		MIB / SIZE);
	ck_assert_uint_eq(n_extents[1], 2 * MIB / larger);
}
END_TEST

/*
 * Fork acquires the lock of each bin. A bin's empty slabs leave it with that
 * lock held until they are spares or free extents: if another thread forked in
 * between, its child would lose them.
 */
START_TEST(hand_over)
{
	static void *blocks[MIB / SIZE];
	const size_t n = 4 * slab_bytes / SIZE;

	nat_spares_flush(&spares);
	n_freed = 0;
	nat_bin_init(&bin, tag, &spares, NULL);
	ck_assert_uint_eq(nat_bin_alloc(&bin, blocks, n), n);
	nat_kept_max = slab_bytes;
	must_be_locked = true;
	nat_bin_free(&bin, blocks, n);
	ck_assert_uint_eq(n_freed, 2);
	must_be_locked = false;
	nat_bin_trim(&bin);
	ck_assert_uint_eq(n_freed, 3);
	ck_assert(nat_spares_flush(&spares));
	ck_assert_uint_eq(n_freed, 4);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("native-spares");
	TCase *cases = tcase_create("spares");

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, age);
	tcase_add_test(cases, latest_stay);
	tcase_add_test(cases, spans);
	tcase_add_test(cases, flush);
	tcase_add_test(cases, records);
	tcase_add_test(cases, chunk);
	tcase_add_test(cases, many);
	tcase_add_test(cases, hand_over);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
