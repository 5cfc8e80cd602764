/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Thread-specific data, with few keys and with many (glibc allocates memory for
 * the values from the 33rd key on): after fork, other threads of the parent
 * still have their values, and the child has those of the thread that forked.
 */
#include "fork.h"
#include "parts.h"
#include "platform.h"

#include <pthread.h>

#define KEYS 100
#define THREADS 3

static pthread_key_t keys[KEYS];
static pthread_barrier_t are_set, may_look;

static void
set_values(uintptr_t own)
{
	for (uintptr_t i = 0; i < KEYS; i++)
		CHECK(pthread_setspecific(keys[i], (void *)(own * 1000 + i)) ==
			0);
}

static void
check_values(uintptr_t own)
{
	for (uintptr_t i = 0; i < KEYS; i++)
		CHECK(pthread_getspecific(keys[i]) == (void *)(own * 1000 + i));
}

static void *
work(void *arg)
{
	set_values((uintptr_t)arg);
	pthread_barrier_wait(&are_set);
	pthread_barrier_wait(&may_look);
	check_values((uintptr_t)arg);
	return NULL;
}

static void
forks(bool closes)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < KEYS; i++)
		CHECK(pthread_key_create(&keys[i], NULL) == 0);
	CHECK(pthread_barrier_init(&are_set, NULL, THREADS + 1) == 0);
	CHECK(pthread_barrier_init(&may_look, NULL, THREADS + 1) == 0);
	set_values(99);
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(
			      &threads[i], NULL, work, (void *)(i + 1)) == 0);
	pthread_barrier_wait(&are_set);
	if (closes)
		CHECK(test_close_from(3) == 0);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork_checked();

		check_values(99);
		if (pid == 0) {
			set_values(98);
			check_values(98);
			_exit(0);
		}
		wait_checked(pid);
		check_values(99);
	}
	pthread_barrier_wait(&may_look);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

static void
plain(void)
{
	forks(false);
}

static void
after_closing(void)
{
	forks(true);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "plain", plain, NULL },
		{ "after-closing", after_closing, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
