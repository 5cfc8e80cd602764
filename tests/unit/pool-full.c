/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * core/pool.c on a file system smaller than the pool: ENOMEM, never SIGBUS.
 * Skipped if mounting is not permitted.
 */
#include "config.h"

#include "core/commit.h"
#include "core/pool.h"

#include "tests/unit/make-pool.h"
#include "tests/unit/tiny-fs.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <sys/wait.h>

#define MIB ((size_t)1 << 20)
#define FS_OPTIONS "size=8m"
#define POOL_SIZE (32 * MIB)

static char dir[] = "unit-pool-full.XXXXXX";
static struct vmm_pool pool;
static size_t chunk; /* pages per MiB */

static void
set_up(void)
{
	ck_assert_int_eq(tiny_fs_mount(dir, FS_OPTIONS), 0);
	unit_make_pool(&pool, dir, POOL_SIZE);
	chunk = MIB / pool.page_size;
}

/*
 * Commits and writes one MiB after another until that fails; returns how many.
 */
static size_t
fill(void)
{
	for (size_t i = 0; i < POOL_SIZE / MIB; i++) {
		errno = 0;
		if (vmm_pool_commit(&pool, i * chunk, chunk, NULL) != 0) {
			ck_assert_int_eq(errno, ENOMEM);
			return i;
		}
		memset(pool.base + i * MIB, 1, MIB);
	}
	return POOL_SIZE / MIB;
}

START_TEST(commit_fails)
{
	size_t n = fill();

	ck_assert_uint_ge(n, 7);
	ck_assert_uint_le(n, 8);
	/* Committed pages stay usable. */
	memset(pool.base, 2, n * MIB);
	errno = 0;
	ck_assert_int_eq(
		vmm_pool_commit(&pool, 20 * chunk, 4 * chunk, NULL), -1);
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

/* Commit-ahead stops near the end, so that every last page can be committed. */
START_TEST(last_pages_are_used)
{
	size_t page = 0;

	while (vmm_pool_commit(&pool, page, 1, NULL) == 0)
		pool.base[page++ * pool.page_size] = 1;
	ck_assert_uint_ge(page, 8 * chunk - 8);
}
END_TEST

START_TEST(room_again_after_purge)
{
	size_t n = fill();

	ck_assert_int_eq(vmm_pool_purge(&pool, 0, 2 * chunk), 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, 20 * chunk, chunk, NULL), 0);
	memset(pool.base + 20 * MIB, 3, MIB);
	ck_assert_int_eq(pool.base[n * MIB - 1], 1);
}
END_TEST

/* A hole in a private mapping would have to be allocated in the file. */
START_TEST(private_on_full)
{
	size_t n = fill();
	int status;
	pid_t pid;

	ck_assert_int_eq(vmm_pool_make_private(&pool), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	memset(pool.base, 4, n * MIB);
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, pool.pages, NULL), 0);
	memset(pool.base, 5, POOL_SIZE);
	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

static bool
is_mounting_permitted(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(tiny_fs_mount(dir, FS_OPTIONS) != 0);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int
main(void)
{
	Suite *suite = suite_create("pool-full");
	TCase *cases = tcase_create("all");
	int result = 77;

	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, commit_fails);
	tcase_add_test(cases, last_pages_are_used);
	tcase_add_test(cases, room_again_after_purge);
	tcase_add_test(cases, private_on_full);
	suite_add_tcase(suite, cases);
	if (mkdtemp(dir) == NULL)
		return 99;
	if (is_mounting_permitted())
		result = unit_run(suite);
	else
		puts("skipped: mounting a tmpfs is not permitted");
	rmdir(dir);
	return result;
}
