/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/copy.c, and what core/populate.c and core/past.c do instead, on kernels
 * and in emulators that lack a call: on tmpfs and on disk.
 */
#include "config.h"

#include "core/copy.h"

#include "core/commit.h"
#include "core/pages.h"
#include "core/pool.h"
#include "tests/unit/pool.h"
#include "tests/unit/refuse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* Of which kernel; each with few pages, and with many, see WRITE_MIN. */
enum { NEW, OLD, KERNELS };
#define CASES (2 * KERNELS * 2)

/* Before Linux 5.14, in a sandbox, or in an emulator. */
static void
be_old(void)
{
	if (!unit_refuse(SYS_madvise, MADV_POPULATE_WRITE, EINVAL) ||
		!unit_refuse(SYS_madvise, MADV_REMOVE, ENOSYS) ||
		!unit_refuse(SYS_process_vm_writev, UNIT_ANY, ENOSYS)) {
		puts("skipped: filters of system calls are not permitted");
		exit(0);
	}
}

/* Pages [n, n + few) are used, and as many further up. */
static size_t
use_pages(bool are_many)
{
	size_t n = are_many ? 2 * MIB / pool.page_size : 5;

	vmm_files_init(
		&pool.files, pool.place, pool.size, pool.unit * pool.page_size);
	ck_assert_int_eq(vmm_pool_commit(&pool, n, n, NULL), 0);
	memset(page_at(n), 1, n * pool.page_size);
	ck_assert_int_eq(vmm_pool_commit(&pool, 3 * n, 1, NULL), 0);
	memset(page_at(3 * n), 2, pool.page_size);
	return n;
}

static bool
has_copied(const char *map, size_t n)
{
	size_t size = pool.page_size;
	const char *first = map + n * size, *second = map + 3 * n * size;

	return first[0] == 1 && memcmp(first, first + 1, n * size - 1) == 0 &&
		second[0] == 2 && memcmp(second, second + 1, size - 1) == 0 &&
		map[0] == 0 && memcmp(map, map + 1, n * size - 1) == 0;
}

/* The copy has what the pool had, and replaces it. */
START_TEST(adopted)
{
	bool is_old = _i / 2 % KERNELS == OLD;
	struct vmm_copy copy;
	size_t n;
	int fd;

	create(_i % 2);
	pool.place = directories[_i % 2];
	n = use_pages(_i / 2 / KERNELS == 1);
	if (is_old)
		be_old();
	fd = pool.file.fd;
	ck_assert_int_eq(vmm_copy_open_file(&copy, &pool), 0);
	ck_assert_int_eq(vmm_copy_fill(&copy), 0);
	ck_assert(has_copied(copy.map, n));
	memset(page_at(n), 3, n * pool.page_size); /* the parent goes on */
	ck_assert(has_copied(copy.map, n));

	ck_assert_int_eq(vmm_copy_adopt(&copy), 0);
	ck_assert(has_copied(pool.base, n));
	ck_assert_int_ne(pool.file.fd, fd);
	ck_assert(vmm_pages_are_consistent(&pool));
	/* and is a pool like any other, with blocks of its own */
	ck_assert_uint_ge(backing_bytes(), (n + 1) * pool.page_size);
	ck_assert_int_eq(vmm_pool_commit(&pool, 4 * n, n, NULL), 0);
	ck_assert(reads(0, 4 * n, n));
	ck_assert(has_copied(pool.base, n));
}
END_TEST

/* A copy that no child has adopted leaves the pool as it was. */
START_TEST(closed)
{
	struct vmm_copy copy;
	size_t n;

	create(_i % 2);
	pool.place = directories[_i % 2];
	n = use_pages(false);
	if (_i / 2 == OLD)
		be_old();
	ck_assert_int_eq(vmm_copy_open_memory(&copy, &pool), 0);
	ck_assert_int_eq(vmm_copy_fill(&copy), 0);
	ck_assert(has_copied(copy.map, n));
	vmm_copy_close(&copy);
	ck_assert_ptr_null(copy.map);
	ck_assert(has_copied(pool.base, n));
}
END_TEST

/*
 * A file's pages have memory before they are touched, as a store would end the
 * process if there is no room; purged pages lose it.
 */
START_TEST(backed_and_punched)
{
	size_t n = 2 * MIB, had;

	create(_i);
	n /= pool.page_size;
	be_old();
	had = backing_bytes();
	ck_assert_int_eq(vmm_pool_commit(&pool, n, n, NULL), 0);
	ck_assert_uint_ge(backing_bytes(), had + 2 * MIB);
	ck_assert(reads(0, n, n));
	memset(page_at(n), 1, n * pool.page_size);
	ck_assert_int_eq(vmm_pool_purge(&pool, n, n), 0);
	ck_assert_uint_le(backing_bytes(), had);
	ck_assert_int_eq(vmm_pool_commit(&pool, n, n, NULL), 0);
	ck_assert(reads(0, n, n));
	ck_assert(vmm_pages_are_consistent(&pool));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("copy");
	TCase *cases = tcase_create("all");

	tcase_add_loop_test(cases, adopted, 0, CASES);
	tcase_add_loop_test(cases, closed, 0, 2 * KERNELS);
	tcase_add_loop_test(cases, backed_and_punched, 0, 2);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
