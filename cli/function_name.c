/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of functions; see function_name.h. */
#include "config.h"

#include "cli/function_name.h"

#include "cli/cli.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef char *demangle_fn(const char *, char *, size_t *, int *);

/* Of the C++ library; NULL if there is none. */
static demangle_fn *
find_demangler(void)
{
	static demangle_fn *demangle;
	static bool is_tried;
	void *library;

	if (is_tried)
		return demangle;
	is_tried = true;
	library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_LOCAL);
	if (library != NULL)
		demangle = (demangle_fn *)dlsym(library, "__cxa_demangle");
	return demangle;
}

/* Without a version, or the number of a copy. */
static size_t
get_length(const char *symbol)
{
	static const char *const added[] = { "@", ".constprop.", ".isra.",
		".part.", ".localalias", ".llvm." };
	size_t n = strlen(symbol);

	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
		const char *at = strstr(symbol, added[i]);

		if (at != NULL && at != symbol && (size_t)(at - symbol) < n)
			n = (size_t)(at - symbol);
	}
	return n;
}

char *
vmm_function_name(const char *symbol)
{
	char *name = vmm_text("%.*s", (int)get_length(symbol), symbol);
	int status = -1;
	char *plain = NULL;

	if (strncmp(name, "_Z", 2) == 0 && find_demangler() != NULL)
		plain = find_demangler()(name, NULL, NULL, &status);
	if (status != 0)
		return name;
	free(name);
	return plain;
}
