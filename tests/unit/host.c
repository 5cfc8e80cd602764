/* SPDX-License-Identifier: BSD-3-Clause */
/* core/host.c: the functions that a backend gets in struct vmmalloc_host. */
#include "config.h"

#include "core/host.h"

#include "os/lock.h"
#include "core/pages.h"
#include "core/pool.h"
#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define POOL_SIZE (256 * MIB)

static struct vmm_pool pool;
static const struct vmmalloc_host *host;

static void
set_up(const char *dir)
{
	ck_assert_ptr_null(vmmalloc_host_get());
	unit_make_pool(&pool, dir, POOL_SIZE);
	unit_start_host(&pool);
	host = vmmalloc_host_get();
	ck_assert_ptr_nonnull(host);
}

static void
set_up_on_disk(void)
{
	set_up(".");
}

static void
set_up_on_tmpfs(void)
{
	set_up("/dev/shm");
}

static bool
is_zero(const char *p, size_t size)
{
	return p[0] == 0 && memcmp(p, p + 1, size - 1) == 0;
}

START_TEST(table)
{
	ck_assert_uint_eq(host->struct_size, sizeof(*host));
	ck_assert_uint_eq(host->abi_major, VMMALLOC_BACKEND_ABI_MAJOR);
	ck_assert_uint_eq(host->abi_minor, VMMALLOC_BACKEND_ABI_MINOR);
	ck_assert_ptr_eq(host->pool_base, pool.base);
	ck_assert_uint_eq(host->pool_size, POOL_SIZE);
	ck_assert_uint_eq(host->page_size, pool.page_size);
	ck_assert_uint_eq(host->huge_page_size, 2 * MIB);
}
END_TEST

START_TEST(alloc_and_free)
{
	bool fresh = false;
	char *a = host->extent_alloc(NULL, MIB, 0, 0, &fresh);
	char *b;

	ck_assert_ptr_eq(a, pool.base); /* the lowest address */
	ck_assert(fresh);
	memset(a, 1, MIB);
	b = host->extent_alloc(NULL, MIB, 2 * MIB, 0, NULL);
	ck_assert_ptr_eq(b, pool.base + 2 * MIB);
	memset(b, 2, MIB);
	errno = EXDEV;
	host->extent_free(a, MIB / 2); /* any part of an extent can be freed */
	host->extent_free(a + MIB / 2, MIB / 2);
	ck_assert_int_eq(errno, EXDEV);
	a = host->extent_alloc(NULL, MIB, 0, 0, &fresh);
	ck_assert_ptr_eq(a, pool.base); /* reused first */
	ck_assert(!fresh);
	ck_assert_int_eq(a[0], 1);
	ck_assert_int_eq(b[0], 2);
}
END_TEST

START_TEST(zero_flag)
{
	bool fresh = false;
	char *a = host->extent_alloc(NULL, MIB, 0, 0, NULL);

	memset(a, 1, MIB);
	host->extent_free(a, MIB);
	a = host->extent_alloc(NULL, 2 * MIB, 0, VMMALLOC_EXTENT_ZERO, &fresh);
	ck_assert_ptr_nonnull(a);
	ck_assert(fresh);
	ck_assert(is_zero(a, 2 * MIB));
}
END_TEST

START_TEST(grows_in_place)
{
	char *a = host->extent_alloc(NULL, MIB, 0, 0, NULL);
	char *next = host->extent_alloc(a + MIB, MIB, 0, 0, NULL);

	ck_assert_ptr_eq(next, a + MIB);
	errno = 0;
	ck_assert_ptr_null(host->extent_alloc(a + MIB, MIB, 0, 0, NULL));
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_ptr_null(
		host->extent_alloc(pool.base + POOL_SIZE, MIB, 0, 0, NULL));
	ck_assert_ptr_null(host->extent_alloc(
		pool.base + POOL_SIZE - MIB, 2 * MIB, 0, 0, NULL));
	ck_assert_ptr_null(host->extent_alloc(a + 1, MIB, 0, 0, NULL));
}
END_TEST

/* Growing extents lie in the first 1/8 of the pool, with a gap after each. */
START_TEST(growing)
{
	const size_t size = 3 * MIB;
	char *end = pool.base + POOL_SIZE / 8;
	char *a = host->extent_alloc(
		NULL, size, 0, VMMALLOC_EXTENT_GROWING, NULL);
	char *b = host->extent_alloc(
		NULL, size, 0, VMMALLOC_EXTENT_GROWING, NULL);
	unsigned int n = 2;

	ck_assert_ptr_nonnull(a);
	ck_assert(b >= a + size + 2 * MIB);
	ck_assert_ptr_eq(
		host->extent_alloc(a + size, 2 * MIB, 0, 0, NULL), a + size);
	/* an extent smaller than a huge page is placed as usual */
	ck_assert_ptr_eq(
		host->extent_alloc(NULL, MIB, 0, VMMALLOC_EXTENT_GROWING, NULL),
		pool.base);
	b = host->extent_alloc(
		NULL, 4 * MIB, 8 * MIB, VMMALLOC_EXTENT_GROWING, NULL);
	ck_assert_uint_eq((uintptr_t)b % (8 * MIB), 0);
	while (b != NULL && b + size <= end) {
		b = host->extent_alloc(
			NULL, size, 0, VMMALLOC_EXTENT_GROWING, NULL);
		n++;
	}
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_gt(n, 4);
	/* the rest of the pool is still one extent */
	ck_assert_ptr_nonnull(host->extent_alloc(
		NULL, POOL_SIZE / 4 * 3, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL));
}
END_TEST

/* Pages committed ahead count for the extent in which they lie. */
START_TEST(ahead_is_counted)
{
	struct vmm_host_stats stats;
	char *a = host->extent_alloc(
		NULL, MIB, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);
	char *b = host->extent_alloc(
		NULL, pool.page_size, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);

	ck_assert_int_eq(host->commit(a, pool.page_size), 0);
	ck_assert_int_eq(
		host->commit(a + MIB - pool.page_size, pool.page_size), 0);
	vmm_host_get_stats(&stats);
	/* two pages, and 16 KiB ahead if pages are smaller than that */
	ck_assert_uint_gt(stats.committed,
		pool.page_size < 16384 ? 3 * pool.page_size : pool.page_size);
	ck_assert_uint_lt(stats.idle, stats.committed);
	host->extent_free(a, MIB);
	host->extent_free(b, pool.page_size);
	vmm_host_get_stats(&stats);
	ck_assert_uint_eq(stats.idle, stats.committed);
}
END_TEST

START_TEST(refuses)
{
	static const size_t sizes[] = { 0, 1, 4095, SIZE_MAX, SIZE_MAX - 4095,
		POOL_SIZE + 4096 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		errno = 0;
		ck_assert_ptr_null(
			host->extent_alloc(NULL, sizes[i], 0, 0, NULL));
		ck_assert_int_eq(errno, ENOMEM);
	}
	errno = 0;
	ck_assert_ptr_null(host->extent_alloc(NULL, pool.page_size,
		SIZE_MAX / 2 + 1, VMMALLOC_EXTENT_NOCOMMIT, NULL));
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_int_eq(host->commit(pool.base + 1, pool.page_size), -1);
	ck_assert_int_eq(
		host->purge(pool.base - pool.page_size, pool.page_size), -1);
}
END_TEST

START_TEST(commit_later)
{
	struct vmm_host_stats stats;
	char *a = host->extent_alloc(
		NULL, 64 * MIB, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);

	ck_assert_ptr_nonnull(a);
	vmm_host_get_stats(&stats);
	ck_assert_uint_eq(stats.committed, 0);
	ck_assert_uint_eq(stats.free, POOL_SIZE - 64 * MIB);
	ck_assert_int_eq(host->commit(a + MIB, MIB), 0);
	memset(a + MIB, 1, MIB);
	ck_assert_int_eq(host->commit(a + MIB, 2 * MIB), 0);
	ck_assert_int_eq(a[2 * MIB - 1], 1);
	ck_assert_int_eq(host->purge(a + MIB, MIB), 0);
	ck_assert_int_eq(host->commit(a + MIB, MIB), 0);
	ck_assert(is_zero(a + MIB, 2 * MIB));
	host->extent_free(a, 64 * MIB);
	vmm_host_get_stats(&stats);
	ck_assert_uint_eq(stats.free, POOL_SIZE);
}
END_TEST

static struct vmm_host_stats
stats_now(void)
{
	struct vmm_host_stats stats;

	vmm_host_get_stats(&stats);
	return stats;
}

/* Free memory stays committed while it is warm; a trim releases it. */
START_TEST(trims)
{
	char *a = host->extent_alloc(NULL, 100 * MIB, 0, 0, NULL);

	host->extent_free(a, 100 * MIB);
	ck_assert_uint_eq(stats_now().purged, 0);
	ck_assert_uint_ge(stats_now().committed_peak, 100 * MIB);
	ck_assert(vmm_host_trim(1));
	ck_assert_uint_le(stats_now().committed, 4 * MIB);
	ck_assert_uint_ge(stats_now().purged, 96 * MIB);
	ck_assert(!vmm_host_trim(1));
}
END_TEST

/* Memory that stays free for long is released without a trim. */
START_TEST(purges_what_is_idle)
{
	char *a = host->extent_alloc(NULL, 100 * MIB, 0, 0, NULL);

	host->extent_free(a, 100 * MIB);
	for (int i = 0; stats_now().committed > 8 * MIB; i++) {
		ck_assert_int_lt(i, 300);
		usleep(50000);
		a = host->extent_alloc(NULL, MIB, 0, 0, NULL);
		host->extent_free(a, MIB);
	}
}
END_TEST

static int must_end;

static void *
trim_again_and_again(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&must_end, __ATOMIC_ACQUIRE))
		vmm_host_trim(1);
	return NULL;
}

/*
 * Pages being purged count as free: an allocation that finds no others waits.
 */
START_TEST(purged_is_free)
{
	pthread_t id;

	ck_assert_int_eq(
		pthread_create(&id, NULL, trim_again_and_again, NULL), 0);
	for (int i = 0; i < 20; i++) {
		char *a = host->extent_alloc(
			NULL, POOL_SIZE, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);

		ck_assert_ptr_nonnull(a);
		ck_assert_int_eq(host->commit(a, 64 * MIB), 0);
		host->extent_free(a, POOL_SIZE);
		/* until some of it is being purged, or all of it was */
		while (__atomic_load_n(&pool.in_flight, __ATOMIC_RELAXED) ==
				NULL &&
			stats_now().committed > 0)
			;
	}
	__atomic_store_n(&must_end, 1, __ATOMIC_RELEASE);
	pthread_join(id, NULL);
	vmm_host_trim(1);
	ck_assert_uint_eq(stats_now().free, POOL_SIZE);
	ck_assert_uint_eq(stats_now().committed, stats_now().idle);
	ck_assert_uint_ge(stats_now().purged, 64 * MIB);
}
END_TEST

/* Calls that the lock serialises give each range to one owner only. */
START_TEST(random_history)
{
	enum { SLOTS = 100 };
	char *slots[SLOTS] = { NULL };
	size_t sizes[SLOTS] = { 0 };
	struct vmm_host_stats stats;
	size_t page = pool.page_size;

	srandom(3);
	for (int i = 0; i < 20000; i++) {
		int k = (int)(random() % SLOTS);
		size_t n = (1 + (size_t)random() % (800 * 1024 / page)) * page;
		size_t align = (size_t)4096 << random() % 9;
		unsigned int flags =
			random() % 4 == 0 ? VMMALLOC_EXTENT_ZERO : 0;
		bool zero;

		if (slots[k] != NULL) {
			ck_assert_int_eq(slots[k][0], k + 1);
			ck_assert_int_eq(slots[k][sizes[k] - 1], k + 1);
			host->extent_free(slots[k], sizes[k]);
		}
		slots[k] = host->extent_alloc(NULL, n, align, flags, &zero);
		ck_assert_ptr_nonnull(slots[k]);
		ck_assert_uint_eq((uintptr_t)slots[k] % align, 0);
		if (zero)
			ck_assert(is_zero(slots[k], n));
		sizes[k] = n;
		slots[k][0] = slots[k][n - 1] = (char)(k + 1);
	}
	for (int k = 0; k < SLOTS; k++)
		if (slots[k] != NULL)
			host->extent_free(slots[k], sizes[k]);
	vmm_host_get_stats(&stats);
	ck_assert_uint_eq(stats.free, POOL_SIZE);
	ck_assert_uint_eq(stats.idle, stats.committed);
	/* 100 slots of at most 800 KiB: freed space is reused */
	ck_assert_uint_le(stats.committed_peak, 128 * MIB);
}
END_TEST

#define THREADS 4
#define ROUNDS 2000

static int n_done;

static void *
allocate_and_free(void *arg)
{
	const unsigned char number = *(const unsigned char *)arg;
	const size_t most = 3 * MIB / 2 / pool.page_size;
	unsigned int seed = number;
	char *slots[8] = { NULL };
	size_t sizes[8];

	for (int i = 0; i < ROUNDS; i++) {
		int k = rand_r(&seed) % 8;
		size_t n = (1 + (size_t)rand_r(&seed) % most) * pool.page_size;

		if (slots[k] != NULL) {
			ck_assert_int_eq(slots[k][0], number);
			ck_assert_int_eq(slots[k][sizes[k] - 1], number);
			host->extent_free(slots[k], sizes[k]);
		}
		if (i % 3 == 0) {
			slots[k] = host->extent_alloc(
				NULL, n, 0, VMMALLOC_EXTENT_ZERO, NULL);
			ck_assert(is_zero(slots[k], n));
		} else {
			slots[k] = host->extent_alloc(
				NULL, n, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);
			ck_assert_ptr_nonnull(slots[k]);
			ck_assert_int_eq(host->commit(slots[k], n), 0);
		}
		memset(slots[k], number, n);
		sizes[k] = n;
	}
	for (int k = 0; k < 8; k++)
		host->extent_free(slots[k], sizes[k]);
	__atomic_fetch_add(&n_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/*
 * Threads commit pages concurrently; fork waits until no commit is in flight.
 */
START_TEST(threads)
{
	pthread_t ids[THREADS];
	unsigned char numbers[THREADS];
	struct vmm_host_stats stats;

	for (unsigned char i = 0; i < THREADS; i++) {
		numbers[i] = (unsigned char)(i + 1);
		ck_assert_int_eq(pthread_create(&ids[i], NULL,
					 allocate_and_free, &numbers[i]),
			0);
	}
	do {
		vmm_lock_acquire_exclusive();
		ck_assert_ptr_null(pool.in_flight);
		vmm_lock_release_exclusive();
	} while (__atomic_load_n(&n_done, __ATOMIC_ACQUIRE) < THREADS);
	for (int i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	vmm_host_get_stats(&stats);
	ck_assert_uint_eq(stats.free, POOL_SIZE);
	ck_assert_uint_eq(stats.idle, stats.committed);
	ck_assert(vmm_pages_are_consistent(&pool));
}
END_TEST

static TCase *
make_cases(const char *name, SFun set_up_there)
{
	TCase *cases = tcase_create(name);

	tcase_add_checked_fixture(cases, set_up_there, NULL);
	tcase_add_test(cases, table);
	tcase_add_test(cases, alloc_and_free);
	tcase_add_test(cases, zero_flag);
	tcase_add_test(cases, grows_in_place);
	tcase_add_test(cases, growing);
	tcase_add_test(cases, ahead_is_counted);
	tcase_add_test(cases, refuses);
	tcase_add_test(cases, commit_later);
	tcase_add_test(cases, trims);
	tcase_add_test(cases, purges_what_is_idle);
	tcase_add_test(cases, purged_is_free);
	tcase_add_test(cases, random_history);
	tcase_add_test(cases, threads);
	return cases;
}

int
main(void)
{
	Suite *suite = suite_create("host");

	suite_add_tcase(suite, make_cases("disk", set_up_on_disk));
	suite_add_tcase(suite, make_cases("tmpfs", set_up_on_tmpfs));
	return unit_run(suite);
}
