/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Libraries of a program; see linked.h. Both glibc's dynamic linker and musl's
 * print one per line: "NAME => PATH (ADDRESS)".
 */
#include "config.h"

#include "cli/doctor/linked.h"

#include "cli/child.h"
#include "cli/cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATIENCE 30 /* seconds */

static void
leave_environment(const void *arg)
{
	(void)arg;
}

static void
add_line(struct vmm_linked *linked, char *line)
{
	char *path = strchr(line, '/');
	char *end;

	if (path == NULL)
		return;
	end = strstr(path, " => ");
	if (end != NULL)
		path = end + 4;
	end = strstr(path, " (");
	if (end != NULL)
		*end = '\0';
	linked->paths = vmm_array_resize(
		linked->paths, linked->n + 1, sizeof(*linked->paths));
	linked->paths[linked->n++] = vmm_text("%s", path);
}

static void
read_lines(struct vmm_linked *linked, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = vmm_array_new((size_t)size + 1, 1);
	ssize_t n = pread(fd, text, (size_t)size, 0);
	char *rest = text;
	char *line;

	text[n > 0 ? n : 0] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL)
		add_line(linked, line);
	free(text);
}

void
vmm_linked_find(
	struct vmm_linked *linked, const char *interpreter, const char *path)
{
	char *const argv[] = { (char *)(size_t)interpreter, (char *)"--list",
		(char *)(size_t)path, NULL };
	struct vmm_child child = { .path = interpreter,
		.argv = argv,
		.prepare = leave_environment,
		.seconds = PATIENCE };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int list = memfd_create("list", MFD_CLOEXEC);

	*linked = (struct vmm_linked){ NULL, 0 };
	child.stdout_fd = list;
	child.stderr_fd = null;
	if (list >= 0 && null >= 0 && vmm_child_run(&child) == 0 &&
		child.status == 0)
		read_lines(linked, list);
	close(list);
	close(null);
}

void
vmm_linked_free(struct vmm_linked *linked)
{
	for (size_t i = 0; i < linked->n; i++)
		free(linked->paths[i]);
	free(linked->paths);
}

const char *
vmm_linked_match(const struct vmm_linked *linked, const char *const names[])
{
	for (size_t i = 0; i < linked->n; i++) {
		const char *slash = strrchr(linked->paths[i], '/');

		for (size_t k = 0; names[k] != NULL; k++) {
			if (strncmp(slash + 1, names[k], strlen(names[k])) == 0)
				return linked->paths[i];
		}
	}
	return NULL;
}
