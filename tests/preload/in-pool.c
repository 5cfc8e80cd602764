/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every pointer that a multi-threaded run gets lies in the pool: sizes from 1
 * byte to 64 MiB, alignments up to 2 MiB, and allocations inside libc.
 */
#include "test.h"

#include <malloc.h>
#include <pthread.h>
#include <wchar.h>

#define THREADS 4
#define ROUNDS 20000
#define SLOTS 128
#define LIVE_MAX(pool_size) ((pool_size) / 9) /* per thread */

struct slot {
	unsigned char *p;
	size_t size;
};

static void *
ask(uint64_t *state, size_t size, void *old)
{
	size_t align = (size_t)1 << (4 + test_random(state) % 18);
	void *p = NULL;

	switch (test_random(state) % 8) {
	case 0:
		p = calloc(1, size);
		break;
	case 1:
		p = memalign(align, size);
		break;
	case 2:
		CHECK(posix_memalign(&p, align, size) == 0);
		break;
	case 3:
		p = aligned_alloc(align, size);
		break;
	case 4:
		return realloc(old, size);
	case 5:
		p = valloc(size);
		break;
	default:
		p = malloc(size);
		break;
	}
	free(old);
	return p;
}

static void
inside_libc(void)
{
	char *text = strdup("a string");
	wchar_t *wide = wcsdup(L"a string");
	char *print = NULL;
	char *line = NULL;
	size_t size = 0;
	FILE *file = fopen("/proc/self/maps", "r");

	CHECK(file != NULL && test_is_in_pool(file));
	CHECK(getline(&line, &size, file) > 0 && test_is_in_pool(line));
	CHECK(asprintf(&print, "%1000d", 1) > 0 && test_is_in_pool(print));
	CHECK(text != NULL && test_is_in_pool(text));
	CHECK(wide != NULL && test_is_in_pool(wide));
	fclose(file);
	free(line);
	free(print);
	free(text);
	free(wide);
}

static void *
work(void *arg)
{
	struct slot slots[SLOTS] = { { NULL, 0 } };
	uint64_t state = (uint64_t)(uintptr_t)arg * 104729;
	size_t most = LIVE_MAX(vmmalloc_host_get()->pool_size);
	unsigned int rounds = test_rounds(ROUNDS);
	size_t live = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		struct slot *s = &slots[test_random(&state) % SLOTS];
		size_t size = test_random_size(&state,
			i % 2000 == 0	      ? 64 * MIB
				: i % 20 == 0 ? MIB
					      : 8192);

		if (i % 5000 == 0)
			size = 64 * MIB;
		if (live - s->size + size > most) {
			free(s->p);
			live -= s->size;
			*s = (struct slot){ NULL, 0 };
			continue;
		}
		s->p = ask(&state, size, s->p);
		CHECK(s->p != NULL);
		CHECK(test_is_in_pool(s->p));
		CHECK(test_is_in_pool(s->p + size - 1));
		s->p[0] = s->p[size - 1] = 1;
		live += size - s->size;
		s->size = size;
	}
	inside_libc();
	for (int i = 0; i < SLOTS; i++)
		free(slots[i].p);
	return NULL;
}

int
main(void)
{
	pthread_t threads[THREADS];

	CHECK(vmmalloc_host_get != NULL);
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(
			      &threads[i], NULL, work, (void *)(i + 1)) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK(!test_is_in_pool(&threads)); /* the check can fail */
	return 0;
}
