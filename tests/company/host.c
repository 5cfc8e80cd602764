/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * host FILE local|global: a program, in C, that loads a C++ module with dlopen
 * and calls it. For tests/company/operators.sh.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
	int is_global = argc == 3 && strcmp(argv[2], "global") == 0;
	void (*use_forms)(void);
	void *module;

	if (argc != 3)
		return 2;
	module = dlopen(
		argv[1], RTLD_NOW | (is_global ? RTLD_GLOBAL : RTLD_LOCAL));
	if (module == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 3;
	}
	use_forms = (void (*)(void))dlsym(module, "use_forms");
	if (use_forms == NULL)
		return 4;
	use_forms();
	return 0;
}
