/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pool that is full for a long time loses nothing: two threads keep it at the
 * point where malloc fails, freeing one block in a hundred and allocating
 * again. The amount that they hold must not shrink, and when all is freed at
 * the end the pool holds as much as at the start. Run under LD_PRELOAD; the
 * argument is the duration in seconds.
 */
#include "config.h"

#include "tests/preload/platform.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#pragma weak vmmalloc_host_get

#define THREADS 2
#define SIZE_LARGEST ((size_t)256 << 10)
#define SLOTS ((size_t)1 << 20)
#define EPOCHS 10

struct slot {
	char *ptr;
	size_t size;
};

struct holder {
	pthread_t thread;
	struct slot *slots;
	size_t used;
	size_t held; /* bytes */
	uint64_t random;
	size_t failures;
	size_t epoch_held[EPOCHS]; /* on average */
};

static struct holder holders[THREADS];
static uint64_t start_ms;
static uint64_t length_ms;

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* xorshift64* (Vigna 2016) */
static uint64_t
next_random(struct holder *h)
{
	h->random ^= h->random >> 12;
	h->random ^= h->random << 25;
	h->random ^= h->random >> 27;
	return h->random * UINT64_C(2685821657736338717);
}

/* Equally often in each power of two. */
static size_t
next_size(struct holder *h)
{
	size_t limit = SIZE_LARGEST >> next_random(h) % 14;

	return 1 + next_random(h) % limit;
}

/* Fills the block with a byte that depends on its size. */
static void
mark(const struct slot *slot)
{
	memset(slot->ptr, (int)(slot->size % 251), slot->size);
}

static void
drop(struct holder *h, size_t i)
{
	struct slot *slot = &h->slots[i];

	if (slot->ptr[0] != (char)(slot->size % 251) ||
		slot->ptr[slot->size - 1] != (char)(slot->size % 251)) {
		fprintf(stderr, "a block of %zu bytes was overwritten\n",
			slot->size);
		_Exit(1);
	}
	h->held -= slot->size;
	free(slot->ptr);
	*slot = h->slots[--h->used];
}

/* Allocates until that fails. */
static void
fill(struct holder *h)
{
	while (h->used < SLOTS) {
		struct slot *slot = &h->slots[h->used];

		slot->size = next_size(h);
		slot->ptr = (char *)malloc(slot->size);
		if (slot->ptr == NULL) {
			if (errno != ENOMEM)
				_Exit(1);
			h->failures++;
			return;
		}
		mark(slot);
		h->used++;
		h->held += slot->size;
	}
}

static void
empty(struct holder *h)
{
	while (h->used > 0)
		drop(h, next_random(h) % h->used);
}

static void *
hold(void *arg)
{
	struct holder *h = (struct holder *)arg;
	size_t rounds[EPOCHS] = { 0 };
	uint64_t now;

	while ((now = now_ms() - start_ms) < length_ms) {
		size_t epoch = (size_t)(now * EPOCHS / length_ms);
		size_t n = h->used / 100 + 1;

		while (n-- > 0 && h->used > 0)
			drop(h, next_random(h) % h->used);
		fill(h);
		h->epoch_held[epoch] += h->held >> 10;
		rounds[epoch]++;
	}
	for (int i = 0; i < EPOCHS; i++)
		h->epoch_held[i] /= rounds[i] != 0 ? rounds[i] : 1;
	return NULL;
}

/* Fills an empty pool with the same blocks each time; returns the bytes. */
static size_t
measure(void)
{
	struct holder *h = &holders[0];
	size_t held;

	h->random = 12345;
	fill(h);
	held = h->held;
	empty(h);
	return held;
}

int
main(int argc, char **argv)
{
	size_t first, last, pool_size, epoch[EPOCHS] = { 0 };

	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	pool_size = vmmalloc_host_get()->pool_size;
	length_ms = (argc > 1 ? strtoull(argv[1], NULL, 10) : 4) * 1000;
	for (int i = 0; i < THREADS; i++) {
		/* not in the pool */
		holders[i].slots = (struct slot *)mmap(NULL,
			SLOTS * sizeof(struct slot), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (holders[i].slots == MAP_FAILED)
			return 1;
	}
	measure(); /* so that the allocator takes what it keeps for good */
	first = measure();
	start_ms = now_ms();
	for (int i = 0; i < THREADS; i++) {
		holders[i].random = (uint64_t)i + 1;
		if (pthread_create(
			    &holders[i].thread, NULL, hold, &holders[i]) != 0)
			return 1;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(holders[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		for (int k = 0; k < EPOCHS; k++)
			epoch[k] += holders[i].epoch_held[k];
		if (holders[i].failures < 2) {
			fputs("the pool was never full\n", stderr);
			return 1;
		}
		empty(&holders[i]);
	}
	/* The first time depends on where the threads' caches left memory. */
	measure();
	malloc_trim(0);
	last = measure();
	printf("%zu of %zu MiB held while full, at the end %zu; alone %zu, "
	       "then %zu\n",
		epoch[1] >> 10, pool_size >> 20, epoch[EPOCHS - 1] >> 10,
		first >> 20, last >> 20);
	if (epoch[EPOCHS - 1] < epoch[1] - epoch[1] / 10) {
		fputs("what can be held shrank\n", stderr);
		return 1;
	}
	if (last < first - first / 20) {
		fputs("not all came back\n", stderr);
		return 1;
	}
	return 0;
}
