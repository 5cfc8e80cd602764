/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlopen without RTLD_DEEPBIND: a library loaded with it would find libc's
 * malloc before ours. The call to the next dlopen is a tail call: dlopen looks
 * at its return address for the caller's RPATH. Built where there is such a
 * flag.
 */
#include "config.h"

#include "interpose/export.h"
#include "interpose/next.h"

#include <dlfcn.h>

static void *(*next)(const char *file, int mode);

static __attribute__((noinline, cold)) void
find_next(void)
{
	next = (void *(*)(const char *, int))vmm_next("dlopen");
}

VMM_EXPORT void *
dlopen(const char *file, int mode)
{
	if (next == NULL)
		find_next();
	if (next == NULL) /* a dlsym that is not libc's calls dlopen */
		return NULL;
	return next(file, mode & ~RTLD_DEEPBIND);
}
