/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dlopen without RTLD_DEEPBIND: a library loaded with that flag would find
 * libc's malloc before ours. The next dlopen is called by a tail call, because
 * it looks at its return address for the caller's RPATH. Built if the system
 * has such a flag.
 */
#include "config.h"

#include "interpose/export.h"

#include "core/next.h"
#include "core/ops.h"

#include <dlfcn.h>

typedef void *dlopen_function(const char *file, int mode);

/* For calls before the constructor that looks up the next one. */
static __attribute__((noinline, cold)) dlopen_function *
find_next(void)
{
	return (dlopen_function *)vmm_next("dlopen");
}

VMM_EXPORT void *
dlopen(const char *file, int mode)
{
	dlopen_function *next = vmm_next_ops.dlopen;

	if (next == NULL)
		next = find_next();
	if (next == NULL) /* a dlsym that is not libc's calls dlopen */
		return NULL;
	return next(file, mode & ~RTLD_DEEPBIND);
}
