/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions of the next library that calls are passed on to; see ops.h.
 * dlsym may allocate: they are looked up before anybody needs them.
 */
#include "config.h"

#include "core/ops.h"

#include <dlfcn.h>

_Static_assert(sizeof(union vmm_ops_page) == VMM_OPS_ALIGN,
	"what lies beside the tables would be read-only as well");

/* With a priority: before the constructor that makes the page read-only. */
__attribute__((constructor(101))) static void
find_next(void)
{
	vmm_next_ops.free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	vmm_next_ops.usable_size =
		(size_t(*)(void *))dlsym(RTLD_NEXT, "malloc_usable_size");
}
