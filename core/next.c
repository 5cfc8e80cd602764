/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of the libraries behind ours; see next.h. */
#include "config.h"

#include "core/next.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

void *
vmm_next(const char *name)
{
	/*
	 * volatile: the header declares that dlsym never calls back into this
	 * file
	 */
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
