/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pointers that are not the backend's: NULL, blocks of the bootstrap region,
 * and blocks of another malloc, for instance from a library that was loaded
 * with RTLD_DEEPBIND.
 */
#include "config.h"

#include "core/bootstrap.h"
#include "core/ops.h"

#include <dlfcn.h>
#include <string.h>

static void (*next_free)(void *ptr);
static size_t (*next_usable_size)(void *ptr);

/* dlsym may allocate: look the functions up before anybody needs them. */
__attribute__((constructor)) static void
find_next(void)
{
	next_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	next_usable_size =
		(size_t(*)(void *))dlsym(RTLD_NEXT, "malloc_usable_size");
}

void
vmm_foreign_free(void *ptr)
{
	if (ptr == NULL || vmm_bootstrap_owns(ptr) || next_free == NULL)
		return;
	next_free(ptr);
}

void *
vmm_foreign_realloc(void *ptr, size_t size)
{
	size_t old_size;
	void *new;

	if (size == 0) { /* as glibc */
		if (vmm_ops_owns(ptr))
			vmm_ops.free(ptr);
		else
			vmm_foreign_free(ptr);
		return NULL;
	}
	old_size = vmm_foreign_usable_size(ptr);
	if (size <= old_size && vmm_bootstrap_owns(ptr))
		return ptr;
	new = vmm_ops.malloc(size);
	if (new != NULL) {
		memcpy(new, ptr, old_size < size ? old_size : size);
		vmm_foreign_free(ptr);
	}
	return new;
}

size_t
vmm_foreign_usable_size(void *ptr)
{
	if (vmm_bootstrap_owns(ptr)) /* before our constructor, too */
		return vmm_bootstrap_usable_size(ptr);
	if (ptr == NULL || next_usable_size == NULL)
		return 0;
	return next_usable_size(ptr);
}
