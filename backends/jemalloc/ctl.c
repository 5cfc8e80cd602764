/* SPDX-License-Identifier: BSD-3-Clause */
/* mallctl, for the adapter itself and for the program. */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define STRING(text) #text
#define STRING_OF(macro) STRING(macro)

const char *
vmm_jemalloc_version(void)
{
	static char version[32];
	const char *text = NULL;
	size_t size = sizeof(text);

	if (version[0] == '\0' &&
		vmm_jemalloc.mallctl("version", &text, &size, NULL, 0) == 0)
		snprintf(version, sizeof(version), "%.*s",
			(int)strcspn(text, "-"), text);
	return version;
}

bool
vmm_jemalloc_get_bool(const char *name, bool fallback)
{
	bool value = fallback;
	size_t size = sizeof(value);

	return vmm_jemalloc.mallctl(name, &value, &size, NULL, 0) == 0
		? value
		: fallback;
}

size_t
vmm_jemalloc_get_size(const char *name, size_t fallback)
{
	size_t value = fallback;
	size_t size = sizeof(value);

	return vmm_jemalloc.mallctl(name, &value, &size, NULL, 0) == 0
		? value
		: fallback;
}

unsigned int
vmm_jemalloc_get_unsigned(const char *name, unsigned int fallback)
{
	unsigned int value = fallback;
	size_t size = sizeof(value);

	return vmm_jemalloc.mallctl(name, &value, &size, NULL, 0) == 0
		? value
		: fallback;
}

void
vmm_jemalloc_purge_arenas(void)
{
	vmm_jemalloc.mallctl("arena." STRING_OF(MALLCTL_ARENAS_ALL) ".purge",
		NULL, NULL, NULL, 0);
}

static bool
ends_with(const char *name, const char *end)
{
	size_t size = strlen(name);
	size_t end_size = strlen(end);

	return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

int
vmm_jemalloc_ctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen)
{
	extent_hooks_t *hooks = &vmm_jemalloc_hooks;

	if (newp != NULL &&
		(ends_with(name, ".extent_hooks") ||
			strcmp(name, "arenas.create") == 0 ||
			strcmp(name, "experimental.arenas_create_ext") == 0))
		return EPERM;
	if (strcmp(name, "arenas.create") == 0 ||
		strcmp(name, "experimental.arenas_create_ext") == 0)
		return vmm_jemalloc.mallctl(
			"arenas.create", oldp, oldlenp, &hooks, sizeof(hooks));
	return vmm_jemalloc.mallctl(name, oldp, oldlenp, newp, newlen);
}
