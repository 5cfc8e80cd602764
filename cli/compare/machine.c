/* SPDX-License-Identifier: BSD-3-Clause */
/* Describing the machine; see machine.h. */
#include "config.h"

#include "cli/compare/machine.h"

#include "cli/cli.h"
#include "cli/compare/counters.h"

#include <errno.h>
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
#define PARANOID "/proc/sys/kernel/perf_event_paranoid"
#define USER_MODE 2 /* the most that permits events of user mode */
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

/* Why perf_event_open(2) is refused, and what to change. */
static char *
describe_refusal(void)
{
	char *paranoid = read_value(PARANOID, NULL);
	char *text;

	if (paranoid != NULL && atoi(paranoid) > USER_MODE)
		text = vmm_text("the kernel does not permit them "
				"(kernel.perf_event_paranoid is %s); set it to "
				"%d or less, or run as root",
			paranoid, USER_MODE);
	else
		text = vmm_text("perf_event_open(2) is not permitted; change "
				"the sandbox or container of this process");
	free(paranoid);
	return text;
}

char *
vmm_machine_describe_counters(bool *is_refused)
{
	static const char *const names[VMM_N_COUNTERS] = { "instructions",
		"cache misses", "TLB misses" };
	bool has[VMM_N_COUNTERS];
	int error = vmm_counters_probe(has);
	char *text = NULL;

	*is_refused = error == EACCES || error == EPERM;
	if (*is_refused)
		return describe_refusal();
	for (size_t i = 0; i < VMM_N_COUNTERS; i++) {
		char *longer;

		if (!has[i])
			continue;
		longer = vmm_text("%s%s%s", text != NULL ? text : "",
			text != NULL ? ", " : "", names[i]);
		free(text);
		text = longer;
	}
	return text != NULL ? text : vmm_text("none");
}

static char *
describe_counters(void)
{
	bool is_refused;
	char *text = vmm_machine_describe_counters(&is_refused);
	char *longer;

	if (!is_refused)
		return text;
	longer = vmm_text("none: %s", text);
	free(text);
	return longer;
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
	struct vmm_property *p = vmm_array_new(11, sizeof(*p));
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
	add(p, n, "hardware_counters", "Hardware counters",
		describe_counters());
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
