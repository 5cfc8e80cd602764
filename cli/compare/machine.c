/* SPDX-License-Identifier: BSD-3-Clause */
/* Describing the machine; see machine.h. */
#include "config.h"

#include "cli/compare/machine.h"

#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define SYSTEM "/sys/"
#define HUGE_PAGES SYSTEM "kernel/mm/transparent_hugepage/"
#define GOVERNOR SYSTEM "devices/system/cpu/cpu0/cpufreq/scaling_governor"
#define GIB (1024.0 * 1024.0 * 1024.0)

/*
 * The first line of a file; with a key, what follows "key : " in the first line
 * that begins with it. NULL if there is none.
 */
static char *
read_value(const char *path, const char *key)
{
	FILE *file = fopen(path, "re");
	char *value = NULL;
	char line[512];

	while (file != NULL && value == NULL &&
		fgets(line, sizeof(line), file) != NULL) {
		const char *from = line;

		line[strcspn(line, "\n")] = '\0';
		if (key != NULL) {
			if (strncmp(line, key, strlen(key)) != 0)
				continue;
			from += strcspn(line, ":");
			from += strspn(from, ": \t");
		}
		value = vmm_text("%s", from);
	}
	if (file != NULL)
		fclose(file);
	return value;
}

/* The choice in a line such as "always [madvise] never". */
static char *
read_choice(const char *path)
{
	char *line = read_value(path, NULL);
	char *open = line != NULL ? strchr(line, '[') : NULL;
	char *choice = NULL;

	if (open != NULL)
		choice =
			vmm_text("%.*s", (int)strcspn(open + 1, "]"), open + 1);
	free(line);
	return choice;
}

/* The C library, if it is one that tells its version. */
static char *
describe_libc(void)
{
#ifdef __GLIBC__
	return vmm_text("glibc %s", gnu_get_libc_version());
#else
	return NULL;
#endif
}

static void
add(struct vmm_property *properties, size_t *n, const char *key,
	const char *title, char *value)
{
	if (value != NULL)
		properties[(*n)++] = (struct vmm_property){ key, title, value };
}

struct vmm_property *
vmm_machine_describe(size_t *n)
{
	struct vmm_property *p = vmm_array_new(10, sizeof(*p));
	struct utsname name;

	*n = 0;
	add(p, n, "processor", "Processor",
		read_value("/proc/cpuinfo", "model name"));
	add(p, n, "processors", "Processors",
		vmm_text("%ld", sysconf(_SC_NPROCESSORS_ONLN)));
	add(p, n, "governor", "Frequency governor", read_value(GOVERNOR, NULL));
	add(p, n, "memory", "Memory",
		vmm_text("%.1f GiB",
			(double)sysconf(_SC_PHYS_PAGES) *
				(double)sysconf(_SC_PAGESIZE) / GIB));
	if (uname(&name) == 0)
		add(p, n, "kernel", "Kernel",
			vmm_text("%s %s %s", name.sysname, name.release,
				name.machine));
	add(p, n, "transparent_huge_pages", "Transparent huge pages",
		read_choice(HUGE_PAGES "enabled"));
	add(p, n, "shmem_huge_pages", "Huge pages on tmpfs",
		read_choice(HUGE_PAGES "shmem_enabled"));
	add(p, n, "libc", "C library", describe_libc());
	add(p, n, "vmmalloc", "vmmalloc", vmm_text("%s", PACKAGE_VERSION));
	return p;
}

void
vmm_machine_free(struct vmm_property *properties, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(properties[i].value);
	free(properties);
}
