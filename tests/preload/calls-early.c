/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls that the library passes on work before any constructor has run, when it
 * has not looked up the functions that they go to: forks, system calls and
 * thread-specific values. A fork that cannot be made safely fails with ENOSYS.
 */
#include "fork.h"
#include "platform.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>

static pthread_key_t key;
static unsigned char *before;

static void
in_child(void)
{
	unsigned char *p = malloc(1000);

	CHECK(test_is_filled(before, 1000, 1));
	CHECK(p != NULL && test_is_in_pool(p));
	test_fill(p, 1000, 2);
	test_fill(before, 1000, 3);
	free(p);
	_exit(0);
}

static void
preinit(void)
{
	pid_t (*fork_raw)(void);
	pid_t pid = (pid_t)syscall(SYS_getpid);

	CHECK(pid == getpid());
	CHECK(pthread_key_create(&key, NULL) == 0);
	CHECK(pthread_setspecific(key, &key) == 0);
	CHECK(pthread_getspecific(key) == &key);
	before = malloc(1000);
	CHECK(before != NULL);
	test_fill(before, 1000, 1);

	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		in_child();
	wait_checked(pid);
	CHECK(test_is_filled(before, 1000, 1));

	fork_raw = (pid_t(*)(void))dlsym(RTLD_DEFAULT, "_Fork");
	errno = 0;
	pid = fork_raw != NULL ? fork_raw() : -1;
	if (pid == 0)
		in_child();
	if (pid > 0)
		wait_checked(pid);
	else
		CHECK(fork_raw == NULL || errno == ENOSYS);
	CHECK(test_is_filled(before, 1000, 1));
}

__attribute__((section(".preinit_array"), used)) static void (*const early)(
	void) = preinit;

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	if (!TEST_HAS_PREINIT)
		test_skip("no .preinit_array");
	CHECK(pthread_getspecific(key) == &key);
	free(before);
	return 0;
}
