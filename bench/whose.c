/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints the file that malloc comes from: the runner asks before it measures,
 * because the dynamic linker ignores a library that it cannot preload.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>

int
main(void)
{
	void *symbol = dlsym(RTLD_DEFAULT, "malloc");
	Dl_info info;

	if (symbol == NULL || dladdr(symbol, &info) == 0)
		return 1;
	puts(info.dli_fname);
	return 0;
}
