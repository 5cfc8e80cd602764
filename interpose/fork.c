/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork: the pool is made ready for a child before there is one, so that fork
 * itself can fail with ENOMEM. The rest is done by the fork handlers.
 */
#include "config.h"

#include "interpose/export.h"

#include "core/fork.h"
#include "core/init.h"

#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

VMM_EXPORT pid_t
fork(void)
{
	static pid_t (*next)(void);

	if (next == NULL)
		next = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	if (next == NULL) {
		errno = ENOSYS;
		return -1;
	}
	if (!vmm_is_started())
		return next();
	if (vmm_fork_begin() != 0)
		return -1;
	return vmm_fork_end(next());
}
