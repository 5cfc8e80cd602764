/* SPDX-License-Identifier: BSD-3-Clause */
/* Sampling memory while a run lasts; see series.h. */
#include "config.h"

#include "cli/compare/series.h"

#include "cli/child.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIRST_INTERVAL 2 /* ms */

/* The resident bytes of a process if it is in the group, otherwise 0. */
static int64_t
get_resident(const char *name, pid_t group)
{
	char path[280];
	char text[1024];
	long its_group;
	int64_t pages;
	FILE *file;
	size_t n;
	char *rest;

	snprintf(path, sizeof(path), "/proc/%s/stat", name);
	file = fopen(path, "re");
	if (file == NULL)
		return 0; /* it has ended */
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	/* pid (name) state parent group ...; the name may have parentheses. */
	rest = strrchr(text, ')');
	if (rest == NULL ||
		sscanf(rest + 1,
			" %*c %*d %ld %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
			"%*d %*d %*d %*d %*d %*d %*u %*u %" SCNd64,
			&its_group, &pages) != 2 ||
		its_group != group)
		return 0;
	return pages * sysconf(_SC_PAGESIZE);
}

static int64_t
get_largest(pid_t group)
{
	DIR *dir = opendir("/proc");
	int64_t largest = 0;
	struct dirent *entry;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		int64_t bytes;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		bytes = get_resident(entry->d_name, group);
		if (bytes > largest)
			largest = bytes;
	}
	closedir(dir);
	return largest;
}

int
vmm_series_watch(struct vmm_series *series, pid_t group)
{
	double now = vmm_child_now();
	int64_t bytes;

	if (series->interval == 0) {
		series->interval = FIRST_INTERVAL;
		series->start = now;
	}
	if (series->n == VMM_SERIES_MAX) {
		series->n /= 2;
		for (size_t i = 0; i < series->n; i++)
			series->points[i] = series->points[2 * i];
		series->interval *= 2;
	}
	bytes = get_largest(group);
	if (bytes > 0)
		series->points[series->n++] =
			(struct vmm_point){ now - series->start, bytes };
	return series->interval;
}
