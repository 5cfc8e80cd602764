/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pthread_atfork, by the name under which the part of it that is linked into
 * the program calls the C library: see os/atfork.h.
 */
#include "config.h"

#include "interpose/export.h"

#include "os/atfork.h"
#include "core/init.h"

VMM_EXPORT int
__register_atfork(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle)
{
	vmm_init_pool(); /* registers the core's handlers, before all others */
	return vmm_atfork_register(prepare, parent, child, dso_handle);
}
