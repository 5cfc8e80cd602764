/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mlockall, as time servers and cluster daemons call it, locks the memory in
 * use and not the whole sparse pool, however large. The program continues to
 * allocate and to fork, also under a limit that only the heap in use fits in.
 */
#include "fork.h"
#include "parts.h"
#include "usage.h"

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define USED_BYTES (5 * MIB)
#define MOST_BYTES (150 * MIB) /* with libraries and their stacks */
#define LIMIT_BYTES (64 * MIB)

static struct heap heap;
static char *used;
static size_t used_bytes = USED_BYTES;

static void
set_up(void)
{
	heap_fill(&heap, 1);
	used = malloc(used_bytes);
	CHECK(used != NULL);
	test_fill(used, used_bytes, 1);
}

static void
lock_all(int flags)
{
	set_up();
	if (mlockall(flags) != 0) {
		if (geteuid() != 0 || errno == EPERM)
			test_skip("too little memory may be locked here");
		CHECK(!"mlockall");
	}
}

static void
check_usage(size_t before)
{
	CHECK(usage_memory() - before < MOST_BYTES);
	CHECK(usage_status("VmRSS") < MOST_BYTES);
}

static void
forks(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		pid_t pid = fork_checked();

		heap_use(&heap, i);
		CHECK(test_is_filled(used, used_bytes, 1));
		if (pid == 0)
			_exit(0);
		wait_checked(pid);
	}
}

static void
allocates(void)
{
	for (unsigned int i = 0; i < 10; i++) {
		void *p = malloc(used_bytes);

		CHECK(p != NULL);
		test_fill(p, used_bytes, i);
		free(p);
	}
	heap_use(&heap, 2);
}

static void
locks(int flags)
{
	size_t before = usage_memory();

	lock_all(flags);
	check_usage(before);
	allocates();
	check_usage(before);
	forks();
	check_usage(before);
	CHECK(munlockall() == 0);
	allocates();
}

static void
current(void)
{
	locks(MCL_CURRENT);
}

static void
current_and_future(void)
{
	locks(MCL_CURRENT | MCL_FUTURE);
}

static void
on_fault(void)
{
#ifdef MCL_ONFAULT
	locks(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
#else
	test_skip("no MCL_ONFAULT");
#endif
}

/* Drops root's privileges; its files stay its own. */
static void
drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof(none));
	CHECK(syscall(SYS_capset, &header, none) == 0);
}

/* A user that may lock this much, or less if there is such a limit. */
static struct rlimit
limit_to(size_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	/* raises the limit if it may */
	(void)setrlimit(RLIMIT_MEMLOCK, &limit);
	CHECK(getrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	if (limit.rlim_max > bytes)
		limit.rlim_max = bytes;
	limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_cur < LIMIT_BYTES / 8)
		test_skip("too little memory may be locked here");
	return limit;
}

static void
lock_future(const struct rlimit *limit)
{
	set_up();
	CHECK(setrlimit(RLIMIT_MEMLOCK, limit) == 0);
	drop_capabilities();
	CHECK(mlockall(MCL_FUTURE) == 0);
}

/* The limit is less than the whole pool. */
static void
limited(void)
{
	struct rlimit limit = limit_to(LIMIT_BYTES);

	used_bytes = limit.rlim_cur / 16;
	lock_future(&limit);
	allocates();
	forks();
	allocates();
	CHECK(usage_status("VmLck") <= limit.rlim_cur);
}

/*
 * The limit is less than the part of the pool that is mapped. Memory that was
 * not locked before the fork does not count after it either.
 */
static void
limited_to_heap(void)
{
	struct rlimit limit = limit_to(LIMIT_BYTES / 8);

	used_bytes = limit.rlim_cur / 8 * 7;
	lock_future(&limit);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork_checked();

		CHECK(test_is_filled(used, used_bytes, 1));
		if (pid == 0) {
			free(malloc(100000));
			_exit(0);
		}
		wait_checked(pid);
	}
	CHECK(usage_status("VmLck") <= limit.rlim_cur / 2);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "current", current, NULL },
		{ "current-and-future", current_and_future, NULL },
		{ "on-fault", on_fault, NULL },
		{ "limited", limited, NULL },
		{ "limited-to-heap", limited_to_heap, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
