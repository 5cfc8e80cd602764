/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A random history of all calls, on threads that pass blocks to each other,
 * until the pool is full and beyond, checked against a shadow of it. See
 * tests/stress/random.h for the variables that control it.
 */
#include "platform.h"
#include "test.h"

#include "tests/stress/random.h"

#include <dlfcn.h>

int
main(void)
{
	const struct vmmalloc_host *host;
	struct model_heap heap = {
		.malloc = malloc,
		.free = free,
		.calloc = calloc,
		.realloc = realloc,
		.memalign = memalign,
		.aligned_alloc = aligned_alloc,
		.posix_memalign = posix_memalign,
		.usable_size = malloc_usable_size,
		.trim = malloc_trim,
	};

	CHECK(vmmalloc_host_get != NULL);
	host = vmmalloc_host_get();
	heap.base = host->pool_base;
	heap.size = host->pool_size;
	heap.free_sized =
		(void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
	CHECK(heap.free_sized != NULL);
	random_run(&heap, NULL);
	return 0;
}
