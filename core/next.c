/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions of the next library that calls are passed on to; see next.h.
 * dlsym may allocate: they are looked up before anybody needs them.
 */
#include "config.h"

#include "core/next.h"

#include "core/ops.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

_Static_assert(sizeof(union vmm_ops_page) == VMM_SEAL_ALIGN,
	"what lies beside the tables would be read-only as well");

void *
vmm_next(const char *name)
{
	/* volatile: the header says of dlsym that it never comes back here */
	static _Thread_local volatile bool is_looking
		__attribute__((tls_model("initial-exec")));
	void *found;

	if (is_looking)
		return NULL;
	is_looking = true;
	found = dlsym(RTLD_NEXT, name);
	is_looking = false;
	return found;
}

/* Pointers to functions have many types. */
#define FIND(slot, name) find(&vmm_next_ops.slot, name)

static void
find(void *slot, const char *name)
{
	void *found = vmm_next(name);

	memcpy(slot, &found, sizeof(found));
}

/* With a priority: before the constructor that makes the page read-only. */
__attribute__((constructor(101))) static void
find_all(void)
{
	FIND(calloc, "calloc");
	FIND(clone, "clone");
	FIND(dlopen, "dlopen");
	FIND(fork, "fork");
	FIND(fork_raw, "_Fork");
	FIND(free, "free");
	FIND(mallocx, "mallocx");
	FIND(nallocx, "nallocx");
	FIND(pthread_create, "pthread_create");
	FIND(pthread_setspecific, "pthread_setspecific");
	FIND(syscall, "syscall");
	FIND(usable_size, "malloc_usable_size");
}
