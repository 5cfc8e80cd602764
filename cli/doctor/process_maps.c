/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading /proc of a process; see process.h. */
#include "config.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/doctor/process.h"
#include "libvmmalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536
#define DELETED " (deleted)"

char *
vmm_process_read_file(pid_t pid, const char *name)
{
	char *path = vmm_text("/proc/%ld/%s", (long)pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t size = 0;
	ssize_t n = 0;

	free(path);
	if (fd < 0)
		return NULL;
	do {
		size += (size_t)n;
		text = vmm_array_resize(text, size + CHUNK + 2, 1);
		n = read(fd, text + size, CHUNK);
	} while (n > 0);
	text[size] = '\0';
	text[size + 1] = '\0';
	close(fd);
	if (n == 0)
		return text;
	free(text);
	return NULL;
}

const char *
vmm_process_getenv(const struct vmm_process *process, const char *name,
	const char *fallback)
{
	size_t n = strlen(name);

	for (const char *p = process->environment; *p != '\0';
		p += strlen(p) + 1) {
		if (strncmp(p, name, n) == 0 && p[n] == '=')
			return p + n + 1;
	}
	return fallback;
}

bool
vmm_area_parse(char *line, struct vmm_area *area)
{
	int n = 0;

	if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %" SCNxPTR " %*s %*s%n",
		    &area->start, &area->end, area->rights, &area->offset,
		    &n) < 4 ||
		n == 0)
		return false;
	area->path = line + n + strspn(line + n, " ");
	return true;
}

static const char *
find_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The pool's file is one without a name, in its directory; or a device. */
bool
vmm_area_is_pool(const struct vmm_area *area, const char *dir)
{
	const char *path = area->path;
	size_t n = strlen(dir);
	size_t length = strlen(path);
	size_t tail = sizeof(DELETED) - 1;
	const char *name = find_name(path);

	if (strcmp(path, dir) == 0)
		return true;
	return strncmp(path, dir, n) == 0 && length > n + tail &&
		strcmp(path + length - tail, DELETED) == 0 &&
		(name[0] == '#' || strncmp(name, "vmem.", 5) == 0);
}

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
	const char *name = find_name(area->path);
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
