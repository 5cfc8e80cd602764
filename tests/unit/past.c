/* SPDX-License-Identifier: BSD-3-Clause */
/* core/past.c: the pool after a fork in mode 1, in two directories. */
#include "config.h"

#include "core/commit.h"
#include "core/pages.h"
#include "core/pool.h"
#include "os/memory.h"

#include "tests/unit/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char tmp_name[PATH_MAX];
static const char *why;

/* Backing memory of the pool's file from before the fork, in bytes. */
static size_t
past_backing_bytes(void)
{
	struct stat st;

	ck_assert_int_eq(fstat(pool.past[0].file.fd, &st), 0);
	return (size_t)st.st_blocks * 512;
}

/* After fork, neither side's writes reach the file or the other side. */
START_TEST(private_after_fork)
{
	size_t n, had;
	int status, go[2];
	pid_t pid;
	char c;

	create(_i);
	n = MIB / pool.page_size;
	ck_assert_int_eq(vmm_pool_commit(&pool, n, 2 * n, NULL), 0);
	memset(page_at(n), 1, 2 * MIB);
	ck_assert_int_eq(vmm_pool_make_private(&pool), 0);
	ck_assert_int_eq(vmm_pool_make_private(&pool), 0);
	ck_assert(!vmm_pool_is_shared(&pool));
	ck_assert_int_eq(pool.file.fd, -1);
	had = past_backing_bytes();
	ck_assert_int_eq(pipe(go), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		vmm_pool_close_files(&pool);
		ck_assert_int_eq(pool.past[0].file.fd, -1);
		memset(page_at(n), 2, MIB);
		if (vmm_pool_commit(&pool, 0, n, NULL) != 0 || !reads(0, 0, n))
			_exit(1);
		(void)!read(go[0], &c, 1);
		/* the parent's later writes are not visible here */
		_exit(!reads(2, n, n) || !reads(1, 2 * n, n));
	}
	ck_assert(reads(1, n, 2 * n));
	memset(page_at(n), 3, MIB);
	/* commits go on, without the file */
	ck_assert_int_eq(vmm_pool_commit(&pool, 4 * n, 4 * n, NULL), 0);
	memset(page_at(4 * n), 4, 4 * MIB);
	ck_assert_uint_le(past_backing_bytes(), had);
	/* purged pages of the parent are released; the child keeps its own */
	ck_assert_int_eq(vmm_pool_purge(&pool, 2 * n, 4 * n), 0);
	ck_assert(reads(0, 2 * n, n));
	ck_assert(reads(0, 4 * n, 2 * n));
	ck_assert(reads(4, 6 * n, 2 * n));
	ck_assert_uint_eq(past_backing_bytes(), had);
	ck_assert_int_eq(write(go[1], "", 1), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	/* The child is gone. This pool has no marker, so none is checked. */
	vmm_pool_collect(&pool);
	ck_assert_uint_lt(past_backing_bytes(), had);
	ck_assert(reads(3, n, n));
	ck_assert(vmm_pages_are_consistent(&pool));
}
END_TEST

/* The marker is not free while a child that inherited its mapping lives. */
START_TEST(marker)
{
	struct vmm_os_file file;
	int status, go[2];
	pid_t pid;
	void *page;
	char c;

	ck_assert_int_eq(vmm_os_marker_create(&file), 0);
	page = vmm_os_map_file(NULL, 4096, &file, 0, VMM_OS_SHARED);
	ck_assert_ptr_nonnull(page);
	ck_assert_int_eq(pipe(go), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(file.fd);
		_exit(read(go[0], &c, 1) != 1);
	}
	vmm_os_unmap(page, 4096);
	ck_assert(!vmm_os_marker_is_free(&file));
	ck_assert_int_eq(write(go[1], "", 1), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(vmm_os_marker_is_free(&file));
}
END_TEST

/* After a fork, large ranges get their memory from a new file again. */
START_TEST(returns_to_a_file)
{
	struct vmm_os_backing backing;
	size_t n, huge, size = POOL_SIZE;

	create(_i);
	n = MIB / pool.page_size;
	huge = 2 * n;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 8 * n, NULL), 0);
	memset(pool.base, 1, 8 * MIB);
	ck_assert_int_eq(vmm_pool_make_private(&pool), 0);
	ck_assert_int_eq(vmm_os_backing_open(&backing, NULL, directories[_i],
				 tmp_name, sizeof(tmp_name), &why),
		0);
	ck_assert_int_eq(vmm_os_file_resize(&backing.file, &size), 0);
	vmm_pool_return_to(&pool, &backing.file, size / pool.page_size);
	ck_assert(vmm_pool_is_shared(&pool));
	/* Pages that were in use are not in the new file; new memory is. */
	memset(pool.base, 2, MIB);
	ck_assert_uint_lt(backing_bytes(), MIB);
	ck_assert_int_eq(vmm_pool_commit(&pool, 8 * n, 2 * n, NULL), 0);
	memset(page_at(8 * n), 3, 2 * MIB);
	ck_assert_uint_ge(backing_bytes(), 2 * MIB);
	/* A purged range also is, if it spans a huge page. */
	ck_assert_int_eq(vmm_pool_purge(&pool, huge, huge), 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, huge, huge, NULL), 0);
	memset(page_at(huge), 4, 2 * MIB);
	ck_assert_uint_ge(backing_bytes(), 4 * MIB);
	ck_assert_int_eq(vmm_pool_purge(&pool, 3 * huge, n), 0);
	ck_assert(reads(0, 3 * huge, n));
	ck_assert_int_eq(vmm_pool_commit(&pool, 3 * huge, n, NULL), 0);
	memset(page_at(3 * huge), 5, MIB);
	/* All of it becomes private again. */
	ck_assert_int_eq(vmm_pool_make_private(&pool), 0);
	ck_assert(!vmm_pool_is_shared(&pool));
	ck_assert(reads(2, 0, n));
	ck_assert(reads(1, n, n));
	ck_assert(reads(4, huge, huge));
	ck_assert(reads(1, 2 * huge, huge));
	ck_assert(reads(5, 3 * huge, n));
	ck_assert(reads(1, 3 * huge + n, n));
	ck_assert(reads(3, 8 * n, 2 * n));
	ck_assert(vmm_pages_are_consistent(&pool));
}
END_TEST

/* If the kernel refuses the mapping, the heap stays as it was. */
START_TEST(private_is_refused)
{
	struct rlimit old, tight;
	size_t n;

	create(_i);
	n = pool.unit > 64 ? pool.unit : 64;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, n, NULL), 0);
	memset(pool.base, 1, n * pool.page_size);
	ck_assert_int_eq(getrlimit(RLIMIT_DATA, &old), 0);
	tight = old;
	tight.rlim_cur = 4096;
	ck_assert_int_eq(setrlimit(RLIMIT_DATA, &tight), 0);
	ck_assert_int_eq(vmm_pool_make_private(&pool), -1);
	ck_assert(vmm_pool_is_shared(&pool));
	ck_assert_int_eq(vmm_pool_commit(&pool, n, n, NULL), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_DATA, &old), 0);
	ck_assert(reads(1, 0, n));
	memset(pool.base, 2, 2 * n * pool.page_size);
	ck_assert_int_eq(vmm_pool_purge(&pool, 0, n), 0);
	ck_assert_int_eq(vmm_pool_make_private(&pool), 0);
	ck_assert(reads(0, 0, n));
	ck_assert(reads(2, n, n));
}
END_TEST

/* If the descriptor is gone, the heap is not lost. */
START_TEST(private_needs_descriptor)
{
	create(_i);
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 64, NULL), 0);
	memset(pool.base, 7, 64 * pool.page_size);
	close(pool.file.fd);
	ck_assert_int_eq(
		dup2(open("/dev/zero", O_RDWR), pool.file.fd), pool.file.fd);
	errno = 0;
	ck_assert_int_eq(vmm_pool_make_private(&pool), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(pool.base[0], 7);
	ck_assert_int_eq(pool.base[64 * pool.page_size - 1], 7);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("past");
	TCase *cases = tcase_create("each directory");
	TCase *once = tcase_create("once");

	tcase_add_loop_test(cases, private_after_fork, 0, 2);
	tcase_add_loop_test(cases, returns_to_a_file, 0, 2);
	tcase_add_loop_test(cases, private_is_refused, 0, 2);
	tcase_add_loop_test(cases, private_needs_descriptor, 0, 2);
	suite_add_tcase(suite, cases);
	tcase_add_test(once, marker);
	suite_add_tcase(suite, once);
	return unit_run(suite);
}
