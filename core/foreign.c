/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pointers that are not the backend's: NULL, blocks of the bootstrap region,
 * and blocks of another malloc, for example of a library that was loaded with
 * RTLD_DEEPBIND.
 */
#include "config.h"

#include "core/foreign.h"

#include "base/hot.h"
#include "base/log.h"
#include "core/bootstrap.h"
#include "core/ops.h"

#include <string.h>

VMM_HOT_CODE void
vmm_foreign_free(void *ptr)
{
	if (ptr == NULL || vmm_bootstrap_owns(ptr) || vmm_next_ops.free == NULL)
		return;
	VMM_LOG(3, "free of %p, which is another library's", ptr);
	vmm_next_ops.free(ptr);
}

void *
vmm_foreign_realloc(void *ptr, size_t size)
{
	size_t old_size;
	void *moved;

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
	moved = vmm_ops.malloc(size);
	if (moved != NULL) {
		memcpy(moved, ptr, old_size < size ? old_size : size);
		vmm_foreign_free(ptr);
	}
	return moved;
}

size_t
vmm_foreign_usable_size(void *ptr)
{
	if (vmm_bootstrap_owns(ptr)) /* also before our constructor */
		return vmm_bootstrap_usable_size(ptr);
	if (ptr == NULL || vmm_next_ops.usable_size == NULL)
		return 0;
	return vmm_next_ops.usable_size(ptr);
}
