/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: control groups. No allocation here. */
#include "config.h"

#include "os/cgroup.h"

#include "base/format.h"
#include "os/read.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ROOT "/sys/fs/cgroup"

/* Version 1 says "no limit" by a number close to LLONG_MAX. */
#define NO_LIMIT ((uint64_t)LLONG_MAX / 2)

/*
 * This part of a limit is left for what is not the heap, which the group pays
 * for as well: stacks, page tables, and what others take at this moment.
 */
#define MARGIN_SHIFT 5

/* The files of a version of control groups. */
struct version {
	const char *root;
	const char *limit, *usage;
	const char *inactive, *active; /* file pages, in memory.stat */
};
static const struct version versions[] = {
	{ ROOT "/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
		"total_inactive_file ", "total_active_file " },
	{ ROOT, "memory.max", "memory.current", "\ninactive_file ",
		"\nactive_file " },
};

struct group {
	const struct version *version;
	char path[512]; /* of its directory, cut to that of a parent */
};

/* One line per hierarchy: NUMBER:CONTROLLERS:PATH; version 2 is "0::PATH". */
static bool
find_group(struct group *group)
{
	char text[4096];
	char *line = text;

	vmm_os_read_text("/proc/self/cgroup", text, sizeof(text));
	group->version = NULL;
	while (line[0] != '\0') {
		char *end = strchr(line, '\n');
		char *next = end != NULL ? end + 1 : line + strlen(line);
		char *path;
		bool is_v1, is_v2;

		if (end != NULL)
			*end = '\0';
		path = strrchr(line, ':');
		is_v2 = strncmp(line, "0::", 3) == 0;
		is_v1 = strstr(line, ":memory:") != NULL;
		if (path != NULL && (is_v1 || is_v2)) {
			group->version = &versions[is_v1 ? 0 : 1];
			vmm_format(group->path, sizeof(group->path), "%s%s",
				group->version->root, path + 1);
		}
		if (is_v1)
			break;
		line = next;
	}
	return group->version != NULL;
}

/* Goes to the parent; false if there is none. */
static bool
go_up(struct group *group)
{
	char *slash = strrchr(group->path, '/');

	if (slash == NULL ||
		(size_t)(slash - group->path) < strlen(group->version->root))
		return false;
	*slash = '\0';
	return true;
}

/* Reads a file of the group. Returns its length, 0 if there is none. */
static size_t
read_file(const struct group *group, const char *name, char *text, size_t size)
{
	char path[640];

	vmm_format(path, sizeof(path), "%s/%s", group->path, name);
	return vmm_os_read_text(path, text, size);
}

static uint64_t
read_limit(const struct group *group)
{
	char text[64];
	uint64_t limit;

	if (read_file(group, group->version->limit, text, sizeof(text)) == 0 ||
		text[0] < '0' || text[0] > '9')
		return UINT64_MAX; /* "max", or the root of all groups */
	limit = vmm_os_find_number(text, "");
	return limit < NO_LIMIT ? limit : UINT64_MAX;
}

/* The memory that a group has left; the kernel can drop pages of files. */
static uint64_t
read_room(const struct group *group, uint64_t limit)
{
	char text[4096];
	uint64_t used, files;

	limit -= limit >> MARGIN_SHIFT;
	if (read_file(group, group->version->usage, text, sizeof(text)) == 0)
		return UINT64_MAX;
	used = vmm_os_find_number(text, "");
	read_file(group, "memory.stat", text, sizeof(text));
	files = vmm_os_find_number(text, group->version->inactive) +
		vmm_os_find_number(text, group->version->active);
	used -= files < used ? files : used;
	return limit > used ? limit - used : 0;
}

int
vmm_os_cgroup_limit(uint64_t *bytes)
{
	struct group group;

	*bytes = UINT64_MAX;
	if (find_group(&group)) {
		do {
			uint64_t limit = read_limit(&group);

			if (limit < *bytes)
				*bytes = limit;
		} while (go_up(&group));
	}
	return *bytes == UINT64_MAX ? -1 : 0;
}

int
vmm_os_cgroup_room(uint64_t *bytes)
{
	struct group group;

	*bytes = UINT64_MAX;
	if (find_group(&group)) {
		do {
			uint64_t limit = read_limit(&group);
			uint64_t room = limit == UINT64_MAX
				? UINT64_MAX
				: read_room(&group, limit);

			if (room < *bytes)
				*bytes = room;
		} while (go_up(&group));
	}
	return *bytes == UINT64_MAX ? -1 : 0;
}
