/* SPDX-License-Identifier: BSD-3-Clause */
/* core/pool.c and core/commit.c, in two directories. */
#include "config.h"

#include "core/commit.h"
#include "core/pages.h"
#include "core/policy.h"
#include "core/pool.h"
#include "os/memory.h"

#include "tests/unit/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static char tmp_name[PATH_MAX];
static const char *why;

START_TEST(created)
{
	struct stat st;

	create(_i);
	ck_assert_uint_eq(pool.size, POOL_SIZE);
	ck_assert_uint_eq(pool.pages * pool.page_size, POOL_SIZE);
	ck_assert_uint_eq((uintptr_t)pool.base % pool.huge_page_size, 0);
	ck_assert_int_eq(fstat(pool.file.fd, &st), 0);
	ck_assert_uint_eq((size_t)st.st_size, POOL_SIZE);
	ck_assert_uint_eq(st.st_nlink, 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_ge(pool.file.fd, 1000);
	ck_assert_int_eq(fcntl(pool.file.fd, F_GETFD), FD_CLOEXEC);
	/* The file is sparse, whatever its size. */
	ck_assert_uint_lt(backing_bytes(), MIB);
}
END_TEST

START_TEST(size_is_rounded_up)
{
	unit_make_pool(&pool, directories[_i], POOL_SIZE + 1);
	ck_assert_uint_eq(pool.size, POOL_SIZE + pool.unit * pool.page_size);
}
END_TEST

START_TEST(giant_alignment)
{
	unit_make_pool(&pool, directories[_i], 1024 * MIB);
	ck_assert_uint_eq((uintptr_t)pool.base % (1024 * MIB), 0);
}
END_TEST

START_TEST(create_fails)
{
	static const struct {
		const char *dir;
		int err;
	} bad[] = { { "/nonexistent/directory", ENOENT },
		{ "/dev/null", ENODEV }, { "/etc/passwd/x", ENOTDIR } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		errno = 0;
		ck_assert_int_eq(
			vmm_pool_create(&pool, bad[i].dir, POOL_SIZE, NULL,
				tmp_name, sizeof(tmp_name), &why),
			-1);
		ck_assert_int_eq(errno, bad[i].err);
	}
	errno = 0;
	ck_assert_int_eq(vmm_pool_create(&pool, directories[0], SIZE_MAX, NULL,
				 tmp_name, sizeof(tmp_name), &why),
		-1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

/* Interleaved huge pages must begin with pages of each node in turn. */
START_TEST(seeds)
{
	struct vmm_pool p = { .page_size = 4096, .huge_page_size = 2 * MIB };
	size_t huge = p.huge_page_size / p.page_size;

	ck_assert_uint_eq(vmm_policy_seed(&p, 7 * huge), 0);
	for (unsigned int n = 1; n < 10; n++) {
		p.policy.n_turns = n;
		for (size_t k = 0; k < 40; k++) {
			size_t seed = vmm_policy_seed(&p, k * huge);

			ck_assert_uint_lt(seed, huge);
			ck_assert_uint_eq((k * huge + seed) % n, k % n);
		}
	}
	/* in each file of stripes, too */
	p.policy.n_turns = p.stripes.n = 2;
	p.stripes.pages = huge;
	for (size_t k = 0; k < 40; k++)
		ck_assert_uint_eq(
			(k / 2 * huge + vmm_policy_seed(&p, k * huge)) % 2,
			k / 2 % 2);
	p.stripes.n = 0;
	p.policy.is_weighted = true;
	for (unsigned int n = 2; n < 10; n++) {
		size_t found[10] = { 0 };

		for (size_t k = 0; k < 1000; k++)
			found[(k * huge + vmm_policy_seed(&p, k * huge)) % n]++;
		for (unsigned int i = 0; i < n; i++)
			ck_assert_uint_gt(found[i], 1000 / n / 2);
	}
}
END_TEST

/* Metadata of pages never committed takes no memory, however large the pool. */
START_TEST(untouched_metadata)
{
	struct rusage before, after;

	unit_make_pool(&pool, ".", (sizeof(size_t) > 4 ? 16384 : 512) * MIB);
	vmm_extent_set_init(
		&pool.free, vmm_os_map_anon(vmm_extent_set_bytes(pool.pages)));
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &before), 0);
	vmm_pages_free(&pool, 0, pool.pages);
	ck_assert(vmm_pages_are_hole(&pool, 0, pool.pages));
	ck_assert_uint_eq(vmm_pages_committed(&pool, 0, pool.pages), 0);
	vmm_pages_mark_purged(&pool, 0, pool.pages);
	ck_assert(vmm_pages_alloc_at(&pool, 0, pool.pages));
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &after), 0);
	/* the bitmaps have 128 pages of 4 KiB each */
	ck_assert_int_lt(after.ru_minflt - before.ru_minflt, 16);
}
END_TEST

START_TEST(commit_backs_pages)
{
	size_t n;
	bool is_zero = false;

	create(_i);
	n = 4 * MIB / pool.page_size;
	ck_assert_int_eq(vmm_pool_commit(&pool, 10, n, &is_zero), 0);
	ck_assert(is_zero);
	ck_assert(reads(0, 10, n));
	ck_assert_uint_ge(backing_bytes(), 4 * MIB);
	ck_assert_uint_ge(pool.committed_pages, n);
	ck_assert_uint_eq(pool.committed_peak, pool.committed_pages);
	memset(page_at(10), 1, 4 * MIB);
	/* A second commit changes nothing, and the pages are dirty. */
	ck_assert_int_eq(vmm_pool_commit(&pool, 10, n, &is_zero), 0);
	ck_assert(!is_zero);
	ck_assert_int_eq(page_at(10)[4 * MIB - 1], 1);
	/* half of it is dirty */
	ck_assert_int_eq(vmm_pool_commit(&pool, 10 + n - 1, 2, &is_zero), 0);
	ck_assert(!is_zero);
	ck_assert_int_eq(vmm_pool_commit(&pool, 10 + n + 1, 1, &is_zero), 0);
	ck_assert(is_zero);
}
END_TEST

START_TEST(commit_ahead_is_bounded)
{
	create(_i);
	pool.wants_huge = false;
	for (size_t page = 0; page < pool.pages; page++) {
		if (vmm_pool_commit(&pool, page, 1, NULL) != 0 ||
			pool.committed_pages >
				page + 1 + MIB / 4 / pool.page_size)
			ck_abort_msg("at page %zu", page);
	}
	ck_assert_uint_eq(pool.committed_pages, pool.pages);
	ck_assert_uint_lt(pool.commit_calls, POOL_SIZE / (32 * 1024));
}
END_TEST

static void
create_large(void)
{
	unit_make_pool(&pool, directories[0], 8 * POOL_SIZE);
}

/* Bytes of the pool that are mapped as huge pages. */
static size_t
mapped_huge(void)
{
	FILE *maps = fopen("/proc/self/smaps", "re");
	char line[512];
	bool is_ours = false;
	uintptr_t start, end;
	size_t kib, sum = 0;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) ==
			2)
			is_ours = start < (uintptr_t)pool.base + pool.size &&
				end > (uintptr_t)pool.base;
		else if (is_ours &&
			sscanf(line, "ShmemPmdMapped: %zu kB", &kib) == 1)
			sum += kib * 1024;
	}
	fclose(maps);
	return sum;
}

/* Whether the kernel gives huge pages of a tmpfs on request. */
static bool
kernel_has_huge_pages(void)
{
	char *p = pool.base;

	ck_assert_int_eq(vmm_pool_map(&pool, 2 * MIB / pool.page_size), 0);
	if (!pool.wants_huge)
		return false;
	ck_assert_int_eq(pwrite(pool.file.fd, "", 1, 0), 1);
	return madvise(p, 2 * MIB, MADV_COLLAPSE) == 0 &&
		mapped_huge() == 2 * MIB;
}

/* Makes a large pool; returns the pages per huge page, or 0 without any. */
static size_t
create_with_huge_pages(void)
{
	create_large();
	if (!kernel_has_huge_pages())
		return 0;
	vmm_os_punch(pool.base, 2 * MIB);
	return 2 * MIB / pool.page_size;
}

START_TEST(huge_pages)
{
	size_t n, huge;
	bool are_there;

	create_large();
	are_there = kernel_has_huge_pages();
	vmm_os_punch(pool.base, 2 * MIB);
	huge = 2 * MIB / pool.page_size;
	n = 6 * huge;
	ck_assert_int_eq(vmm_pool_commit(&pool, 10, n, NULL), 0);
	ck_assert(reads(0, 10, n));
	ck_assert_uint_eq(mapped_huge(), are_there ? 12 * MIB : 0);
	/* the amount requested, the last huge page, and 1/8 */
	ck_assert_uint_le(backing_bytes(), 14 * MIB);
	/* Release part of a huge page. */
	memset(page_at(10), 1, 12 * MIB);
	ck_assert_int_eq(vmm_pool_purge(&pool, huge + 3, huge / 2), 0);
	ck_assert_uint_le(backing_bytes(), 13 * MIB);
	ck_assert(reads(0, huge + 3, huge / 2));
	ck_assert(reads(1, 10, huge + 3 - 10));
	ck_assert(reads(1, huge + 3 + huge / 2, n - huge / 2 - huge - 3));
	ck_assert_int_eq(vmm_pool_commit(&pool, 10, n, NULL), 0);
	ck_assert(reads(0, huge + 3, huge / 2));
}
END_TEST

/*
 * Commits page by page: a huge page is committed as soon as no more is then
 * ahead than is in use; the first one replaces small pages.
 */
START_TEST(huge_pages_ahead)
{
	if (create_with_huge_pages() == 0)
		return;
	for (size_t page = 0; page < pool.pages; page++) {
		size_t used = page * pool.page_size;
		size_t most = used < MIB ? MIB / 4
			: used < 2 * MIB ? used
					 : 2 * MIB;

		if (vmm_pool_commit(&pool, page, 1, NULL) != 0 ||
			pool.committed_pages * pool.page_size > used + most)
			ck_abort_msg("at page %zu", page);
		memset(page_at(page), (int)(page % 251), pool.page_size);
	}
	ck_assert_uint_eq(mapped_huge(), pool.size);
	for (size_t page = 0; page < pool.pages; page++)
		ck_assert(reads((int)(page % 251), page, 1));
}
END_TEST

/* The total committed ahead is bounded too, even if commits are scattered. */
START_TEST(sparse_commits)
{
	size_t apart, used, most;

	create_large();
	apart = 2 * MIB / pool.page_size;
	pool.wants_huge = pool.wants_huge && _i == 0;
	ck_assert_int_eq(
		vmm_pool_commit(&pool, 0, 8 * MIB / pool.page_size, NULL), 0);
	used = 8 * MIB;
	for (size_t page = 6 * apart; page < pool.pages; page += apart) {
		ck_assert_int_eq(vmm_pool_commit(&pool, page, 1, NULL), 0);
		used += pool.page_size;
		most = used + used / 2 + 2 * MIB;
		ck_assert_uint_le(pool.committed_pages * pool.page_size, most);
		ck_assert_uint_eq(pool.dirty_pages * pool.page_size, used);
	}
	/* If there was memory before, the bound is 1/8. */
	ck_assert_int_eq(vmm_pool_purge(&pool, 1, pool.pages - 1 - apart), 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 16 * apart, NULL), 0);
	used = pool.dirty_pages * pool.page_size;
	for (size_t page = 17 * apart; page < pool.pages - 2 * apart;
		page += apart) {
		ck_assert_int_eq(vmm_pool_commit(&pool, page, 1, NULL), 0);
		used += pool.page_size;
		ck_assert_uint_le(pool.committed_pages * pool.page_size,
			used + used / 8 + 2 * MIB);
	}
	ck_assert_int_eq(vmm_pool_purge(&pool, 0, pool.pages), 0);
	ck_assert_uint_eq(pool.dirty_pages, 0);
	ck_assert_uint_eq(pool.committed_pages, 0);
}
END_TEST

/* No huge page is made if a page of it after the request is in use. */
START_TEST(huge_page_has_no_room)
{
	size_t huge, had;

	huge = create_with_huge_pages();
	if (huge == 0)
		return;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 10 * huge, NULL), 0);
	ck_assert_int_eq(vmm_pool_purge(&pool, 3 * huge + 1, huge - 2), 0);
	had = pool.committed_pages;
	ck_assert_int_eq(vmm_pool_commit(&pool, 3 * huge + 1, 1, NULL), 0);
	ck_assert_uint_le(pool.committed_pages, had + MIB / 4 / pool.page_size);
	/* The same if only holes follow: it becomes a huge page again. */
	ck_assert_int_eq(vmm_pool_purge(&pool, 3 * huge + 1, huge - 1), 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, 3 * huge + 1, 1, NULL), 0);
	ck_assert_uint_eq(pool.committed_pages, 10 * huge);
	ck_assert_uint_eq(mapped_huge(), 20 * MIB);
}
END_TEST

/*
 * A pool need not end at the end of a huge page. The first pages stay unused:
 * the dirty bitmap directly follows the committed one, and bits set there would
 * hide a read past its end.
 */
START_TEST(no_huge_page_past_the_end)
{
	size_t mib;

	unit_make_pool(&pool, "/dev/shm", 9 * MIB);
	if (!kernel_has_huge_pages())
		return;
	vmm_os_punch(pool.base, 2 * MIB);
	mib = MIB / pool.page_size;
	ck_assert_int_eq(vmm_pool_commit(&pool, 2 * mib, 6 * mib, NULL), 0);
	for (size_t page = 8 * mib; page < pool.pages; page++) {
		ck_assert_int_eq(vmm_pool_commit(&pool, page, 1, NULL), 0);
		memset(page_at(page), 1, pool.page_size);
	}
	ck_assert_uint_eq(pool.committed_pages, 7 * mib);
	ck_assert_uint_eq(mapped_huge(), 6 * MIB);
	ck_assert_uint_eq(backing_bytes(), 7 * MIB);
	/* no huge page was refused */
	ck_assert_uint_eq(pool.huge.refusals, 0);
}
END_TEST

/* A huge page may start below the request, but only over a hole. */
START_TEST(huge_page_around)
{
	size_t huge;

	huge = create_with_huge_pages();
	if (huge == 0)
		return;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 10 * huge, NULL), 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, 20 * huge + 9, 1, NULL), 0);
	ck_assert_uint_eq(pool.committed_pages, 11 * huge);
	ck_assert(reads(0, 20 * huge, huge));
	memset(page_at(20 * huge), 1, 2 * MIB);
	ck_assert_int_eq(vmm_pool_purge(&pool, 20 * huge + 1, huge - 1), 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, 20 * huge + 9, 1, NULL), 0);
	ck_assert(reads(1, 20 * huge, 1));
	ck_assert(reads(0, 20 * huge + 9, 1));
}
END_TEST

START_TEST(purge_releases_memory)
{
	size_t at, n, had;
	bool is_zero = false;

	create(_i);
	at = pool.unit > 4 ? pool.unit : 4;
	n = 8 * MIB / pool.page_size;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, n, NULL), 0);
	memset(pool.base, 0xff, 8 * MIB);
	had = backing_bytes();
	ck_assert_uint_ge(had, 8 * MIB);
	ck_assert_int_eq(vmm_pool_purge(&pool, at, n / 2), 0);
	ck_assert_uint_le(backing_bytes(), had - 4 * MIB + 64 * 1024);
	ck_assert_uint_eq(pool.purged_pages, n / 2);
	ck_assert_uint_eq(pool.purge_calls, 1);
	/* the pages around it are kept; purged ones read zero */
	ck_assert_int_eq(page_at(at)[-1], (char)0xff);
	ck_assert_int_eq(page_at(at + n / 2)[0], (char)0xff);
	ck_assert(reads(0, at, n / 2));
	ck_assert_int_eq(vmm_pool_commit(&pool, at, n / 2, &is_zero), 0);
	ck_assert(is_zero);
	ck_assert(reads(0, at, n / 2));
}
END_TEST

/* The pool is mapped only as far as needed; the range after it is reserved. */
START_TEST(mapped_as_far_as_needed)
{
	unsigned char is_there;

	create(_i);
	ck_assert_uint_eq(pool.mapped, 0);
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 1, NULL), 0);
	ck_assert_uint_le(pool.mapped * pool.page_size, 2 * MIB);
	errno = 0;
	ck_assert_int_eq(mprotect(page_at(pool.pages), 1, PROT_NONE), 0);
	ck_assert_int_eq(mincore(page_at(pool.mapped), 1, &is_there), 0);
	/* There is one mapping, however many steps it grew in. */
	ck_assert_int_eq(
		vmm_pool_commit(&pool, 5 * MIB / pool.page_size, 1, NULL), 0);
	ck_assert_ptr_eq(mremap(pool.base, 6 * MIB, 6 * MIB, 0), pool.base);
	ck_assert_uint_lt(pool.mapped, pool.pages);
	ck_assert_int_eq(vmm_pool_commit(&pool, pool.pages - 1, 1, NULL), 0);
	ck_assert_uint_eq(pool.mapped, pool.pages);
}
END_TEST

/* The pool needs no descriptor, and does not touch files of others. */
START_TEST(works_without_descriptor)
{
	char name[] = "unit-pool.XXXXXX";
	struct stat st;
	size_t n;
	int fd;

	create(_i);
	n = pool.unit > 32 ? pool.unit : 32;
	ck_assert_int_eq(vmm_pool_commit(&pool, 0, 2 * n, NULL), 0);
	memset(pool.base, 7, 2 * n * pool.page_size);
	fd = mkstemp(name);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(unlink(name), 0);
	ck_assert_int_eq(write(fd, pool.base, MIB / 4), (int)MIB / 4);
	ck_assert_int_eq(dup2(fd, pool.file.fd), pool.file.fd);
	/* It grows, and memory is released. */
	ck_assert_int_eq(
		vmm_pool_commit(&pool, 6 * MIB / pool.page_size, 64, NULL), 0);
	memset(page_at(6 * MIB / pool.page_size), 8, 64 * pool.page_size);
	ck_assert_int_eq(pool.base[0], 7);
	ck_assert_int_eq(vmm_pool_purge(&pool, 0, n), 0);
	ck_assert(reads(0, 0, n));
	ck_assert(reads(7, n, n));
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, (off_t)MIB / 4);
	ck_assert_uint_ge((size_t)st.st_blocks * 512, MIB / 4);
	ck_assert_int_eq(pread(fd, name, 1, MIB / 4 - 1), 1);
	ck_assert_int_eq(name[0], 7);
	close(pool.file.fd);
	ck_assert_int_eq(vmm_pool_commit(&pool, pool.pages - 64, 64, NULL), 0);
	ck_assert_int_eq(vmm_pool_purge(&pool, n, n), 0);
	ck_assert(reads(0, 0, 2 * n));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pool");
	TCase *cases = tcase_create("each directory");
	TCase *once = tcase_create("once");

	tcase_add_loop_test(cases, created, 0, 2);
	tcase_add_loop_test(cases, size_is_rounded_up, 0, 2);
	tcase_add_loop_test(cases, giant_alignment, 0, 2);
	tcase_add_test(cases, untouched_metadata);
	tcase_add_test(cases, seeds);
	tcase_add_loop_test(cases, commit_backs_pages, 0, 2);
	tcase_add_loop_test(cases, commit_ahead_is_bounded, 0, 2);
	tcase_add_test(cases, huge_pages);
	tcase_add_test(cases, huge_pages_ahead);
	tcase_add_loop_test(cases, sparse_commits, 0, 2);
	tcase_add_test(cases, huge_page_has_no_room);
	tcase_add_test(cases, no_huge_page_past_the_end);
	tcase_add_test(cases, huge_page_around);
	tcase_add_loop_test(cases, purge_releases_memory, 0, 2);
	tcase_add_loop_test(cases, mapped_as_far_as_needed, 0, 2);
	tcase_add_loop_test(cases, works_without_descriptor, 0, 2);
	suite_add_tcase(suite, cases);
	tcase_add_test(once, create_fails);
	suite_add_tcase(suite, once);
	return unit_run(suite);
}
