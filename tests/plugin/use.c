/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Uses all slots of a backend as a program does: for tests/plugin/abi.sh. With
 * an argument, it does so without threads.
 */
#include "tests/preload/fork.h"
#include "tests/preload/platform.h"

#include "libvmmalloc.h"

#include <pthread.h>

#pragma weak vmmalloc_ctl
#pragma weak vmmalloc_get_stats

static void *
work(void *arg)
{
	free(malloc(1000));
	return arg;
}

int
main(int argc, char **argv)
{
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };
	void *p = malloc(100);
	void *q = calloc(10, 10);
	const char *version = NULL;
	size_t size = sizeof(version);
	pthread_t thread;
	pid_t pid;

	(void)argv;
	CHECK(vmmalloc_host_get != NULL);
	CHECK(p != NULL && test_is_in_pool(p));
	CHECK(q != NULL && test_is_zero(q, 100));
	test_fill(p, 100, 1);
	p = realloc(p, 5000);
	CHECK(p != NULL && test_is_filled(p, 100, 1));
	free(q);
	q = memalign(4096, 10);
	CHECK(q != NULL && (uintptr_t)q % 4096 == 0);
	CHECK(malloc_usable_size(q) >= 10);
	free(q);
	CHECK(vmmalloc_ctl("nosuch", NULL, NULL, NULL, 0) == ENOENT);
	CHECK(vmmalloc_ctl("vmmalloc.library_version", &version, &size, NULL,
		      0) == 0);
	CHECK(version != NULL);
	CHECK(vmmalloc_get_stats(&stats) == 0);
	CHECK(stats.allocated == UINT64_MAX);
	malloc_trim(0);
	pid = fork_checked();
	if (pid == 0) {
		CHECK(test_is_filled(p, 100, 1));
		free(malloc(10));
		_exit(0);
	}
	wait_checked(pid);
	free(p);
	if (argc > 1)
		return 0;
	CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	return 0;
}
