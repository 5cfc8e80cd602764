/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading /proc of a process; see process.h. */
#include "config.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/doctor/process.h"
#include "libvmmalloc.h"

#include <stdlib.h>
#include <string.h>

static bool
is_pool(const struct vmm_process *p, const struct vmm_area *area,
	const char *dir)
{
	for (unsigned int i = 0; i < p->n_places; i++) {
		if (vmm_area_is_pool(area, p->place[i].text))
			return true;
	}
	return p->n_places == 0 && vmm_area_is_pool(area, dir);
}

static void
keep(char **field, const char *text)
{
	if (*field == NULL)
		*field = vmm_text("%s", text);
}

/* Notes what the mapping tells of the process. */
static void
look_at(struct vmm_process *p, const struct vmm_area *area, const char *dir,
	const char *plugin)
{
	const char *name = vmm_area_name(area);
	size_t size;

	if (strncmp(name, "libvmmalloc.so", 14) == 0)
		keep(&p->library, area->path);
	if (strcmp(name, plugin) == 0)
		keep(&p->plugin, area->path);
	if (area->rights[0] != 'r' || !is_pool(p, area, dir))
		return;
	keep(&p->pool, area->path);
	if (area->rights[3] == 'p')
		p->is_private = true;
	if (p->n_places == 0 && p->start == 0 &&
		vmm_parse_size(
			vmm_process_getenv(p, VMMALLOC_POOL_SIZE_VAR, ""),
			&size) == 0 &&
		size > 0) {
		p->start = area->start - area->offset;
		p->end = p->start + size;
	}
}

/* Counts a line "NAME:  N kB" of a mapping. */
static void
count(struct vmm_process *p, const struct vmm_area *area, const char *line)
{
	static const char *const huge[] = { "AnonHugePages:", "ShmemPmdMapped:",
		"FilePmdMapped:", "Shared_Hugetlb:", "Private_Hugetlb:" };
	const char *colon = strchr(line, ':');
	uint64_t bytes;

	if (colon == NULL || p->start == 0 || area->start < p->start ||
		area->start >= p->end)
		return;
	bytes = strtoull(colon + 1, NULL, 10) << 10;
	for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
		if (strncmp(line, huge[i], strlen(huge[i])) == 0)
			p->huge += bytes;
	}
	if (strncmp(line, "Rss:", 4) != 0 &&
		strncmp(line, "Shared_Hugetlb:", 15) != 0 &&
		strncmp(line, "Private_Hugetlb:", 16) != 0)
		return;
	for (unsigned int i = 0; i < p->n_places; i++) {
		if (area->start >= p->place[i].start &&
			area->start < p->place[i].end)
			p->place[i].bytes += bytes;
	}
	if (area->path[0] != '/')
		p->anonymous += bytes;
	else if (area->rights[3] == 's')
		p->shared += bytes;
	else
		p->private += bytes;
}

static void
read_maps(struct vmm_process *p, char *maps)
{
	const char *given = vmm_process_getenv(p, VMMALLOC_POOL_DIR_VAR, "");
	char *dir = realpath(given, NULL);
	char *plugin = vmm_text("%s.so",
		vmm_process_getenv(
			p, VMMALLOC_BACKEND_VAR, VMM_DEFAULT_BACKEND));
	struct vmm_area area = { .path = "" };
	char *rest = maps;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (!vmm_area_parse(line, &area))
			count(p, &area, line);
		else
			look_at(p, &area, dir != NULL ? dir : given, plugin);
	}
	free(dir);
	free(plugin);
}

int
vmm_process_read(struct vmm_process *process, pid_t pid)
{
	char *maps;

	*process = (struct vmm_process){ .pid = pid };
	process->environment = vmm_process_read_file(pid, "environ");
	if (process->environment == NULL)
		return -1;
	maps = vmm_process_read_file(pid, "smaps");
	if (maps == NULL) {
		free(process->environment);
		return -1;
	}
	vmm_process_find_places(process, maps);
	read_maps(process, maps);
	free(maps);
	return 0;
}

void
vmm_process_free(struct vmm_process *process)
{
	free(process->environment);
	free(process->library);
	free(process->plugin);
	free(process->pool);
	for (unsigned int i = 0; i < process->n_places; i++)
		free(process->place[i].text);
}
