/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread reuses the number of the pool's descriptor for a file of the program
 * while others allocate and return memory. Whatever operation is in flight
 * then, the file stays as it is: nothing is written to it, and no hole is made
 * in it.
 */
#include "churn.h"
#include "parts.h"
#include "platform.h"

#include <pthread.h>
#include <sys/stat.h>

#define MARK_APART ((off_t)1 << 16)
#define LARGE_BYTES (48 * MIB)

static bool is_over; /* atomic */

/* Allocates many MiB, and frees as much to be purged, all the time. */
static void *
fill_and_purge(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		free(malloc(LARGE_BYTES));
		malloc_trim(0);
	}
	return NULL;
}

static int
create_file(off_t size)
{
	int fd = test_create_file();

	CHECK(ftruncate(fd, size) == 0);
	for (off_t at = 0; at < size; at += MARK_APART)
		CHECK(pwrite(fd, &at, sizeof(at), at) == (ssize_t)sizeof(at));
	return fd;
}

static void
check_file(int fd, off_t size, blkcnt_t blocks)
{
	struct stat st;
	off_t mark;

	CHECK(fstat(fd, &st) == 0);
	CHECK(st.st_size == size);
	CHECK(st.st_blocks == blocks);
	for (off_t at = 0; at < size; at += MARK_APART) {
		CHECK(pread(fd, &mark, sizeof(mark), at) ==
			(ssize_t)sizeof(mark));
		CHECK(mark == at);
	}
}

/*
 * Finds the pool's descriptor: an open file without a name, as large as the
 * pool.
 */
static bool
is_pool(int fd, off_t size)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 0 &&
		st.st_size == size;
}

static void
replace_after(useconds_t delay)
{
	off_t size = (off_t)vmmalloc_host_get()->pool_size;
	struct churn churn;
	pthread_t thread;
	struct stat st;
	int numbers[16];
	int n = 0;
	int file;

	for (int fd = 3; fd < 70000 && n < 16; fd++)
		if (is_pool(fd, size))
			numbers[n++] = fd;
	file = create_file(size);
	CHECK(fstat(file, &st) == 0);
	churn_begin(&churn);
	CHECK(pthread_create(&thread, NULL, fill_and_purge, NULL) == 0);
	usleep(delay);
	for (int i = 0; i < n; i++)
		CHECK(dup2(file, numbers[i]) == numbers[i]);
	usleep(100000);
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	CHECK(pthread_join(thread, NULL) == 0);
	churn_end(&churn);
	check_file(file, size, st.st_blocks);
}

#define AFTER(ms)                             \
	static void after_##ms(void)          \
	{                                     \
		replace_after(ms * 1000 + 1); \
	}

AFTER(0)
AFTER(3)
AFTER(10)
AFTER(20)
AFTER(33)
AFTER(47)

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "after-0-ms", after_0, NULL },
		{ "after-3-ms", after_3, NULL },
		{ "after-10-ms", after_10, NULL },
		{ "after-20-ms", after_20, NULL },
		{ "after-33-ms", after_33, NULL },
		{ "after-47-ms", after_47, NULL },
	};

	CHECK(vmmalloc_host_get != NULL);
	/* committing small pages takes longest */
	if (argc == 1)
		CHECK(setenv("VMMALLOC_HUGE_PAGES", "0", 1) == 0);
	return PARTS_RUN(argc, argv, parts);
}
