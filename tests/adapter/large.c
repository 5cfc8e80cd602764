/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks up to 1 GiB and alignments up to 64 MiB lie in the pool as a whole,
 * and leave room for the next: a request that does not fit fails with ENOMEM.
 * Run under LD_PRELOAD; needs a pool of 4 GiB, of which 1 GiB is used at a
 * time.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#pragma weak vmmalloc_host_get

#define MIB ((size_t)1 << 20)
#define SIZE_MOST (1024 * MIB)
#define ALIGN_MOST (64 * MIB)
#define ROUNDS 2

static const struct vmmalloc_host *host;

/* Ends the program unless the block is as requested. */
static char *
check(void *ptr, size_t size, size_t alignment, const char *what)
{
	uintptr_t offset = (uintptr_t)ptr - (uintptr_t)host->pool_base;

	if (ptr == NULL || offset >= host->pool_size ||
		size > host->pool_size - offset ||
		(uintptr_t)ptr % alignment != 0 ||
		malloc_usable_size(ptr) < size) {
		fprintf(stderr, "%s of %zu bytes, alignment %zu: %p (%m)\n",
			what, size, alignment, ptr);
		_Exit(1);
	}
	((char *)ptr)[0] = 'a';
	((char *)ptr)[size - 1] = 'z';
	return (char *)ptr;
}

static void
grow(void)
{
	char *ptr = check(malloc(MIB), MIB, 16, "malloc");

	for (size_t size = 2 * MIB; size <= SIZE_MOST / 2; size *= 2) {
		ptr = check(realloc(ptr, size), size, 16, "realloc");
		if (ptr[size / 2 - 1] != 'z') {
			fprintf(stderr, "realloc to %zu lost bytes\n", size);
			_Exit(1);
		}
	}
	free(ptr);
}

int
main(void)
{
	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	host = vmmalloc_host_get();
	for (int round = 0; round < ROUNDS; round++) {
		char *ptr;

		for (size_t size = 128 * MIB; size <= SIZE_MOST; size *= 2)
			free(check(malloc(size), size, 16, "malloc"));
		for (size_t align = 2 * MIB; align <= ALIGN_MOST; align *= 2)
			for (size_t size = 1; size <= 16 * MIB; size *= 4096)
				free(check(memalign(align, size), size, align,
					"memalign"));
		ptr = (char *)calloc(1, 128 * MIB);
		check(ptr, 128 * MIB, 16, "calloc");
		for (size_t i = 4096; i < 128 * MIB - 4096; i += 4096)
			if (ptr[i] != 0) {
				fprintf(stderr, "calloc: byte %zu\n", i);
				return 1;
			}
		free(ptr);
		grow();
	}
	errno = 0;
	if (malloc(host->pool_size) != NULL || errno != ENOMEM) {
		fprintf(stderr, "a block as large as the pool: %m\n");
		return 1;
	}
	return 0;
}
