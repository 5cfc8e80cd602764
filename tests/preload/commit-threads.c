/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads commit all available memory at the same time, repeatedly: each gets
 * what it asks for or ENOMEM, but never SIGBUS or a block of another thread,
 * and forks during that time find the pool consistent. Runs on a file system of
 * its own, which is smaller than the pool.
 */
#include "fork.h"

#include <pthread.h>

#define THREADS 4
#define ROUNDS 12
#define FORKS 6
#define BALLAST (56 * MIB)

struct block {
	struct block *next;
	size_t size; /* of body */
	unsigned char body[];
};

static const size_t sizes[] = { 200, 3000, 40000, 100000, 600000, 3 * MIB };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static pthread_barrier_t have_started;
static unsigned int n_done;
static size_t n_blocks;

/* Allocates blocks of random sizes until that fails; returns how many. */
static size_t
take_all(unsigned int number, unsigned int round)
{
	uint64_t state = number * 1000 + round;
	struct block *list = NULL;
	size_t n = 0;

	for (;; n++) {
		size_t size = sizes[test_random(&state) % SIZES];
		struct block *b;

		errno = 0;
		b = n % 2 == 0 ? malloc(sizeof(*b) + size)
			       : calloc(1, sizeof(*b) + size);
		if (b == NULL)
			break;
		if (n % 2 != 0)
			CHECK(b->body[0] == 0 && b->body[size - 1] == 0);
		b->size = size;
		test_fill(b->body, size, number);
		b->next = list;
		list = b;
	}
	CHECK(errno == ENOMEM);
	while (list != NULL) {
		struct block *b = list;

		CHECK(test_is_filled(b->body, b->size, number));
		list = b->next;
		free(b);
	}
	return n;
}

static void *
work(void *arg)
{
	unsigned int number = *(unsigned int *)arg;
	unsigned int rounds = test_rounds(ROUNDS);

	/* jemalloc cannot set up a thread in a full pool */
	if (strcmp(getenv("VMMALLOC_BACKEND"), "jemalloc") == 0) {
		free(malloc(1));
		pthread_barrier_wait(&have_started);
	}
	for (unsigned int round = 0; round < rounds; round++)
		__atomic_fetch_add(
			&n_blocks, take_all(number, round), __ATOMIC_RELAXED);
	__atomic_fetch_add(&n_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

int
main(void)
{
	unsigned int numbers[THREADS];
	pthread_t threads[THREADS];
	unsigned int n_forks = 0;

	test_take_room(BALLAST);
	CHECK(pthread_barrier_init(&have_started, NULL, THREADS) == 0);
	for (unsigned int i = 0; i < THREADS; i++) {
		numbers[i] = i + 1;
		CHECK(pthread_create(&threads[i], NULL, work, &numbers[i]) ==
			0);
	}
	while (__atomic_load_n(&n_done, __ATOMIC_ACQUIRE) < THREADS) {
		/* in mode 2 there may be no room for the copy */
		pid_t pid = n_forks < FORKS ? fork() : -1;

		if (pid == 0) {
			take_all(THREADS + 1, 0);
			_exit(0);
		}
		if (pid > 0) {
			wait_checked(pid);
			n_forks++;
		}
		usleep(1000);
	}
	for (unsigned int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	printf("%zu blocks, %u forks\n", n_blocks, n_forks);
	CHECK(n_blocks >= THREADS);
	test_give_room_back();
	return 0;
}
