/* SPDX-License-Identifier: BSD-3-Clause */
/* Recording a workload for the sizes that it requests; see requested.h. */
#include "config.h"

#include "cli/compare/requested.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/compare/outcome.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024.0 * 1024)

/* Adds the traces in the directory, unless sizes is NULL, and removes them. */
static int
take_traces(const char *directory, struct vmm_sizes *sizes)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	int result = 0;

	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = vmm_text("%s/%s", directory, entry->d_name);
		if (sizes != NULL && vmm_sizes_add(sizes, path) != 0)
			result = -1;
		unlink(path);
		free(path);
	}
	closedir(dir);
	return result;
}

/* "vmmalloc record -o FILE -- COMMAND ...", for free(3). */
static char **
make_words(const struct vmm_workload *workload, char *file)
{
	static char name[] = "vmmalloc", record[] = "record", o[] = "-o",
		    end[] = "--";
	size_t n = 0;
	char **words;

	while (workload->argv[n] != NULL)
		n++;
	words = vmm_array_new(n + 6, sizeof(*words));
	words[0] = name;
	words[1] = record;
	words[2] = o;
	words[3] = file;
	words[4] = end;
	for (size_t i = 0; i <= n; i++)
		words[5 + i] = workload->argv[i];
	return words;
}

/*
 * The command is started by this program's record, which takes the settings of
 * the contender from the environment.
 */
static int
run(const struct vmm_workload *workload, const struct vmm_contender *contender,
	const struct vmm_drive *drive, int expected, const char *directory)
{
	struct vmm_workload recorded = *workload;
	struct vmm_sample sample;
	char *file = vmm_text("%s/trace", directory);
	char **words = make_words(workload, file);
	int result = -1;

	recorded.argv = words;
	recorded.path = realpath("/proc/self/exe", NULL);
	if (recorded.path == NULL)
		vmm_complain("cannot find the program of vmmalloc: %s",
			strerror(errno));
	else if (drive->load != NULL)
		result = vmm_server_measure(
			&recorded, contender, drive, &sample, NULL);
	else
		result = vmm_measure(&recorded, contender, &sample, NULL);
	if (result == 0 && drive->load == NULL && sample.status != expected) {
		char *how = vmm_child_describe(sample.status);

		vmm_complain("the run for --sizes, with %s, ends with %s",
			contender->name, how);
		vmm_outcome_show_tail(workload->scratch.stderr_fd);
		free(how);
		result = -1;
	}
	free(recorded.path);
	free(words);
	free(file);
	return result;
}

int
vmm_requested_record(const struct vmm_workload *workload,
	const struct vmm_contender *contender, const struct vmm_drive *drive,
	int expected, struct vmm_sizes *sizes)
{
	char *directory = vmm_text("%s-sizes", workload->scratch.dir);
	int result = -1;

	*sizes = (struct vmm_sizes){ .all_calls = 0 };
	if (mkdir(directory, 0700) != 0) {
		vmm_complain(
			"cannot create %s: %s", directory, strerror(errno));
	} else {
		result = run(workload, contender, drive, expected, directory);
		if (take_traces(directory, result == 0 ? sizes : NULL) != 0)
			result = -1;
		rmdir(directory);
	}
	free(directory);
	if (result == 0 && sizes->all_calls == 0) {
		vmm_complain("the run for --sizes, with %s, left no trace",
			contender->name);
		result = -1;
	}
	return result;
}

uint64_t
vmm_requested_limit(int class_)
{
	return class_ < VMM_SIZES_CLASSES - 1 ? UINT64_C(16) << 2 * class_ : 0;
}

static void
add_size(struct vmm_table *table, uint64_t bytes)
{
	if (bytes == 0)
		vmm_table_add(table, "larger");
	else if (bytes < 1024)
		vmm_table_add(table, "to %" PRIu64, bytes);
	else if (bytes < 1024 * 1024)
		vmm_table_add(table, "to %" PRIu64 "K", bytes / 1024);
	else
		vmm_table_add(table, "to %" PRIu64 "M", bytes / 1024 / 1024);
}

void
vmm_requested_fill(struct vmm_table *table, const struct vmm_sizes *sizes)
{
	vmm_table_init(table, VMM_REQUESTED_ALIGNMENT);
	vmm_table_add(table, "requested");
	vmm_table_add(table, "blocks");
	vmm_table_add(table, "%%");
	vmm_table_add(table, "MiB");
	vmm_table_add(table, "%%");
	for (int k = 0; k < VMM_SIZES_CLASSES; k++) {
		double calls = (double)sizes->calls[k];
		double bytes = (double)sizes->bytes[k];

		if (sizes->calls[k] == 0)
			continue;
		add_size(table, vmm_requested_limit(k));
		vmm_table_add(table, "%" PRIu64, sizes->calls[k]);
		vmm_table_add(
			table, "%.1f", 100 * calls / (double)sizes->all_calls);
		vmm_table_add(table, "%.2f", bytes / MIB);
		vmm_table_add(table, "%.1f",
			sizes->all_bytes > 0
				? 100 * bytes / (double)sizes->all_bytes
				: 0.0);
	}
}
