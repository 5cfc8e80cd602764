/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The debug build of the native heap, which the debug variant of libvmmalloc
 * loads: a layer over the malloc family that finds misuse. The release build
 * has none of it.
 */
#ifndef NAT_DEBUG_H
#define NAT_DEBUG_H

#include "vmmalloc/backend.h"

#ifdef VMM_DEBUG

/*
 * Installs the layer over the functions in *self, the core's copy of the table.
 * The heap must be ready. 0, or -1 with ENOMEM.
 */
int nat_debug_start(
	const struct vmmalloc_host *host, struct vmmalloc_backend *self);

#else

static inline int
nat_debug_start(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	(void)host;
	(void)self;
	return 0;
}

#endif

#endif /* NAT_DEBUG_H */
