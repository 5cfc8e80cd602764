/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of files of /proc; see process.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/process.h"

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

const char *
vmm_area_name(const struct vmm_area *area)
{
	const char *slash = strrchr(area->path, '/');

	return slash != NULL ? slash + 1 : area->path;
}

/* The pool's file is one without a name, in its directory; or a device. */
bool
vmm_area_is_pool(const struct vmm_area *area, const char *dir)
{
	const char *path = area->path;
	size_t n = strlen(dir);
	size_t length = strlen(path);
	size_t tail = sizeof(DELETED) - 1;
	const char *name = vmm_area_name(area);

	if (strcmp(path, dir) == 0)
		return true;
	return strncmp(path, dir, n) == 0 && length > n + tail &&
		strcmp(path + length - tail, DELETED) == 0 &&
		(name[0] == '#' || strncmp(name, "vmem.", 5) == 0);
}
