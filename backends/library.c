/* SPDX-License-Identifier: BSD-3-Clause */
/* Look-ups on the plugin's own handle; see library.h. */
#include "config.h"

#include "backends/library.h"

#include <dlfcn.h>
#include <stddef.h>

void *
vmm_library_find(const char *name)
{
	static void *handle;
	Dl_info self;

	/* RTLD_NOLOAD: the plugin is loaded; this only returns its handle */
	if (handle == NULL && dladdr((void *)&handle, &self) != 0)
		handle = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);
	return handle != NULL ? dlsym(handle, name) : NULL;
}
