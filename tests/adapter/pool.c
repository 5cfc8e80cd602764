/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every pointer of a multi-threaded run lies in the pool: 1 byte to 64 MiB,
 * alignments up to 2 MiB, all functions of the family. Blocks are aligned,
 * large enough and, from calloc, zero. Run under LD_PRELOAD; the arguments are
 * the number of threads and of allocations by all of them.
 */
#include "config.h"

#include "tests/preload/platform.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma weak vmmalloc_host_get

#define SIZE_MAX_LOG2 26
#define ALIGN_MAX ((size_t)2 << 20)
#define KEPT 64
#define THREADS_MAX 256
#define STEPS_DEFAULT 16000 /* by all threads together */

static char *base;
static size_t pool_size;
static unsigned long checked;
static unsigned long failed;
static unsigned int steps;

static void
fail(const char *what, const void *ptr, size_t size)
{
	fprintf(stderr, "%s: %p, %zu bytes\n", what, ptr, size);
	_Exit(1);
}

/* With many threads the pool may be full at times. */
static void *
check(void *ptr, size_t size, size_t alignment)
{
	if (ptr == NULL) {
		if (errno != ENOMEM)
			fail("no memory, and no ENOMEM", ptr, size);
		__atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	if ((char *)ptr < base || (size_t)((char *)ptr - base) > pool_size ||
		size > pool_size - (size_t)((char *)ptr - base))
		fail("outside the pool", ptr, size);
	if ((size_t)ptr % alignment != 0)
		fail("not aligned", ptr, size);
	if (malloc_usable_size(ptr) < size)
		fail("too small", ptr, size);
	__atomic_fetch_add(&checked, 1, __ATOMIC_RELAXED);
	return ptr;
}

static void
touch(char *ptr, size_t size)
{
	if (ptr == NULL)
		return;
	for (size_t i = 0; i < size; i += 4096)
		ptr[i] = 1;
	if (size > 0)
		ptr[size - 1] = 1;
}

static void
check_zero(const char *ptr, size_t size)
{
	for (size_t i = 0; ptr != NULL && i < size; i++)
		if (ptr[i] != 0)
			fail("calloc gave dirty memory", ptr, size);
}

static void *
one(unsigned int *seed, unsigned int step)
{
	unsigned int shift = (unsigned int)rand_r(seed) % SIZE_MAX_LOG2;
	size_t size = ((size_t)1 << shift) +
		(size_t)rand_r(seed) % ((size_t)1 << shift);
	size_t alignment = (size_t)16 << (unsigned int)rand_r(seed) % 18;
	size_t natural = size < 16 ? 8 : 16;
	void *ptr = NULL;

	/* the largest sizes are rare, as in real programs */
	if (shift > 18 && rand_r(seed) % 16 != 0)
		size >>= 10;
	if (size < 8)
		natural = 1;
	switch (step % 5) {
	case 0:
		ptr = check(malloc(size), size, natural);
		break;
	case 1:
		ptr = check(calloc(1, size), size, natural);
		check_zero(ptr, size);
		break;
	case 2:
		if (posix_memalign(&ptr, alignment, size) != 0)
			return NULL;
		check(ptr, size, alignment);
		break;
	case 3:
		ptr = check(aligned_alloc(alignment, size), size, alignment);
		break;
	case 4:
		ptr = check(malloc(size), size, natural);
		touch(ptr, size);
		if (ptr != NULL) {
			void *moved = check(
				realloc(ptr, size * 2), size * 2, natural);

			ptr = moved != NULL ? moved : ptr;
			size = moved != NULL ? size * 2 : size;
		}
		break;
	}
	touch(ptr, size);
	return ptr;
}

static void *
run(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;
	void *kept[KEPT] = { NULL };

	for (unsigned int i = 0; i < steps; i++) {
		void **slot = &kept[(unsigned int)rand_r(&seed) % KEPT];

		free(*slot);
		*slot = one(&seed, i);
	}
	for (size_t i = 0; i < KEPT; i++)
		free(kept[i]);
	return NULL;
}

/* Each size class and each alignment once, independent of the random runs. */
static void
walk(void)
{
	for (size_t size = 1; size <= (size_t)64 << 20; size += size / 8 + 1)
		free(check(malloc(size), size, 1));
	for (size_t alignment = 8; alignment <= ALIGN_MAX; alignment *= 2)
		for (size_t size = 1; size <= (size_t)4 << 20; size *= 4)
			free(check(memalign(alignment, size), size, alignment));
	free(check(valloc(100), 100, 4096));
	free(check(pvalloc(100), 4096, 4096));
}

static void
check_edges(void)
{
	volatile size_t huge = (size_t)PTRDIFF_MAX + 1;
	void *a = check(malloc(0), 0, 1);
	void *b = check(malloc(0), 0, 1);

	if (a == b)
		fail("malloc(0) is not unique", a, 0);
	errno = 0;
	if (malloc(huge) != NULL || errno != ENOMEM)
		fail("malloc over PTRDIFF_MAX", NULL, huge);
	errno = 0;
	if (calloc(huge / 2, 4) != NULL || errno != ENOMEM)
		fail("calloc overflow", NULL, huge);
	errno = 0;
	if (realloc(a, huge) != NULL || errno != ENOMEM)
		fail("realloc over PTRDIFF_MAX", a, huge);
	errno = 0;
	if (memalign(64, huge) != NULL || errno != ENOMEM)
		fail("memalign over PTRDIFF_MAX", NULL, huge);
	errno = EAGAIN;
	free(a);
	free(b);
	free(malloc((size_t)4 << 20));
	if (errno != EAGAIN && errno != ENOMEM)
		fail("free changed errno", NULL, (size_t)errno);
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 4;
	pthread_t threads[THREADS_MAX];

	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	base = vmmalloc_host_get()->pool_base;
	pool_size = vmmalloc_host_get()->pool_size;
	steps = (argc > 2 ? (unsigned int)atoi(argv[2]) : STEPS_DEFAULT) /
		(unsigned int)(n > 0 ? n : 1);
	check_edges();
	walk();
	for (int i = 0; i < n && i < THREADS_MAX; i++)
		if (pthread_create(&threads[i], NULL, run,
			    (void *)(size_t)(i + 1)) != 0)
			fail("pthread_create", NULL, (size_t)i);
	for (int i = 0; i < n && i < THREADS_MAX; i++)
		pthread_join(threads[i], NULL);
	walk();
	printf("%lu pointers in the pool, %lu times no memory\n", checked,
		failed);
	return failed < checked / 4 ? 0 : 1;
}
