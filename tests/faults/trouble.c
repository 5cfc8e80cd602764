/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trouble KIND: the heap is used before, while and after the process has too
 * little of something. Allocations may fail meanwhile, with ENOMEM, and so may
 * fork; afterwards everything works.
 *
 * as, data, fsize, memlock, nofile, nproc: the limit of this name
 * full: the pool's file system, or the quota of the user or the directory, has
 * no room
 * gone: the pool's directory is removed, for ever
 * read-only: nobody may write to it
 * dead: that file system is shut down, as if its device were gone: what is in
 * memory stays, and fork fails if it cannot go on from there
 * group: the memory of the control group is used up (VMMALLOC_LIMIT)
 */
#include "tests/faults/use.h"
#include "tests/preload/usage.h"

#include <malloc.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ROUNDS 3

static struct use_heap heap = { .state = 5 };
static struct rlimit before;

static rlim_t
address_pages(void)
{
	unsigned long pages = 0;
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	CHECK(sscanf(text, "%lu", &pages) == 1);
	return pages;
}

static void
limit(__rlimit_resource_t resource, rlim_t n)
{
	struct rlimit lower;

	CHECK(getrlimit(resource, &before) == 0);
	lower = before;
	lower.rlim_cur = n;
	CHECK(setrlimit(resource, &lower) == 0);
}

static void
unlimit(__rlimit_resource_t resource)
{
	CHECK(setrlimit(resource, &before) == 0);
}

static void
use_all(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		use(&heap);
		use_threads(heap.must_succeed);
		use_fork(&heap, FAULT_NONE);
		malloc_trim(0);
	}
	use_verify(&heap);
}

#define LARGE ((size_t)400000)
#define LARGE_MAX (1 << 12)

/*
 * Allocates until that fails. Then frees some blocks: what is free now is too
 * little for a copy of the rest, but enough for parent and child to write to
 * it.
 */
static void
use_up(void)
{
	static void *block[LARGE_MAX];
	unsigned int n = 0, rest;

	while (n < LARGE_MAX && (block[n] = malloc(LARGE)) != NULL) {
		test_fill(block[n], LARGE, n);
		n++;
	}
	CHECK(n > 0 && n < LARGE_MAX && errno == ENOMEM);
	use(&heap);
	rest = n / 5 * 3;
	while (n-- > 0) {
		CHECK(test_is_filled(block[n], LARGE, n));
		free(block[n]);
		if (n == rest && !usage_is_kept()) {
			malloc_trim(0);
			use_all();
		}
	}
	malloc_trim(0);
}

static const struct kind {
	const char *name;
	bool is_limit;
	__rlimit_resource_t resource;
	rlim_t n;
} kinds[] = {
	{ "as", true, RLIMIT_AS, 0 },
	{ "data", true, RLIMIT_DATA, 1 << 20 },
	{ "fsize", true, RLIMIT_FSIZE, 1 << 20 },
	{ "memlock", true, RLIMIT_MEMLOCK, 1 << 16 },
	{ "nofile", true, RLIMIT_NOFILE, 3 },
	{ "nproc", true, RLIMIT_NPROC, 0 },
};

/* The limit of a kind that has one; NULL for the others. */
static const struct kind *
find_limit(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static void
in_limit(const struct kind *kind)
{
	rlim_t n = kind->n;

	if (kind->resource == RLIMIT_AS) /* 4 MiB more than there is */
		n = address_pages() * (rlim_t)sysconf(_SC_PAGESIZE) +
			((rlim_t)4 << 20);
	if (kind->resource == RLIMIT_MEMLOCK &&
		mlockall(MCL_FUTURE | MCL_ONFAULT) != 0)
		test_skip("mlockall is not permitted");
	limit(kind->resource, n);
	use_all();
	unlimit(kind->resource);
	munlockall();
}

/* The same of ext4 and XFS, in none of the installed headers. */
#define SHUTDOWN _IOR('X', 125, uint32_t)
#define SHUTDOWN_NO_FLUSH 2

/* No child writes to the heap: the file system could not have the pages
 * written. */
static void
use_dead(const char *directory)
{
	uint32_t how = SHUTDOWN_NO_FLUSH;
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CHECK(fd >= 0);
	use(&heap);
	if (ioctl(fd, SHUTDOWN, &how) != 0)
		test_skip("this file system cannot be shut down");
	close(fd);
	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid = fork();
		int status;

		CHECK(pid >= 0 || errno == ENOMEM);
		use_verify(&heap);
		if (pid == 0)
			_exit(0);
		if (pid > 0) {
			CHECK(waitpid(pid, &status, 0) == pid);
			CHECK(status == 0);
		}
	}
}

int
main(int argc, char **argv)
{
	const char *name = argc == 2 ? argv[1] : "";
	const char *directory = getenv("VMMALLOC_POOL_DIR");
	bool is_for_ever = false;

	CHECK(directory != NULL);
	if (strcmp(name, "dead") == 0) {
		use_dead(directory);
		return 0;
	}
	use_all();
	if (find_limit(name) != NULL) {
		in_limit(find_limit(name));
	} else if (strcmp(name, "full") == 0) {
		test_take_all_room();
		use_all();
		test_give_room_back();
	} else if (strcmp(name, "gone") == 0) {
		CHECK(rmdir(directory) == 0);
		use_all();
		is_for_ever = true;
	} else if (strcmp(name, "read-only") == 0) {
		CHECK(chmod(directory, 0555) == 0);
		use_all();
		CHECK(chmod(directory, 0777) == 0);
	} else if (strcmp(name, "group") == 0) {
		use_up();
		/* in a full group the kernel may end a process that forks */
		if (usage_is_kept())
			return 0;
	} else {
		CHECK(!"a kind of trouble");
	}
	heap.must_succeed = !is_for_ever;
	use_all();
	return use_child_has_ended ? 3 : 0;
}
