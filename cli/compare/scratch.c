/* SPDX-License-Identifier: BSD-3-Clause */
/* The files of a comparison; see scratch.h. */
#include "config.h"

#include "cli/compare/scratch.h"

#include "cli/cli.h"
#include "cli/stats_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
open_nameless(const char *dir)
{
	char *name = vmm_text("%s/output", dir);
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		vmm_complain("cannot create %s: %s; set TMPDIR to a directory "
			     "with room",
			name, strerror(errno));
	else
		unlink(name);
	free(name);
	return fd;
}

int
vmm_scratch_open(struct vmm_scratch *scratch)
{
	const char *parent = getenv("TMPDIR");

	if (parent == NULL || parent[0] == '\0')
		parent = "/tmp";
	scratch->dir = vmm_text("%s/vmmalloc-XXXXXX", parent);
	if (mkdtemp(scratch->dir) == NULL) {
		vmm_complain(
			"cannot create a directory in '%s': %s; set TMPDIR to "
			"one that is writable",
			parent, strerror(errno));
		goto out_free;
	}
	scratch->stats_file = vmm_text("%s/%%p", scratch->dir);
	scratch->stdout_fd = open_nameless(scratch->dir);
	if (scratch->stdout_fd < 0)
		goto out_rmdir;
	scratch->stderr_fd = open_nameless(scratch->dir);
	if (scratch->stderr_fd < 0)
		goto out_close_stdout;
	scratch->reference_fd = open_nameless(scratch->dir);
	if (scratch->reference_fd >= 0)
		return 0;
	close(scratch->stderr_fd);
out_close_stdout:
	close(scratch->stdout_fd);
out_rmdir:
	rmdir(scratch->dir);
	free(scratch->stats_file);
out_free:
	free(scratch->dir);
	return -1;
}

void
vmm_scratch_close(struct vmm_scratch *scratch)
{
	vmm_scratch_take_pool_peak(scratch);
	close(scratch->stdout_fd);
	close(scratch->stderr_fd);
	close(scratch->reference_fd);
	rmdir(scratch->dir);
	free(scratch->stats_file);
	free(scratch->dir);
}

int
vmm_scratch_reset(const struct vmm_scratch *scratch)
{
	const int fds[] = { scratch->stdout_fd, scratch->stderr_fd };

	vmm_scratch_take_pool_peak(scratch);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (ftruncate(fds[i], 0) != 0 ||
			lseek(fds[i], 0, SEEK_SET) != 0) {
			vmm_complain("cannot empty a file in %s: %s",
				scratch->dir, strerror(errno));
			return -1;
		}
	}
	return 0;
}

void
vmm_scratch_keep_reference(struct vmm_scratch *scratch)
{
	int fd = scratch->reference_fd;

	scratch->reference_fd = scratch->stdout_fd;
	scratch->stdout_fd = fd;
}

/* Returns -1 if the file is not a report. */
static int64_t
read_peak(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct vmm_stats_file stats;
	int64_t bytes = -1;

	if (fd >= 0 && vmm_stats_file_read(fd, &stats) == 0) {
		bytes = stats.committed_peak;
		vmm_stats_file_free(&stats);
	}
	if (fd >= 0)
		close(fd);
	return bytes;
}

int64_t
vmm_scratch_take_pool_peak(const struct vmm_scratch *scratch)
{
	DIR *dir = opendir(scratch->dir);
	int64_t largest = -1;
	struct dirent *entry;

	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		char *path;
		int64_t peak;

		if (entry->d_name[0] == '.')
			continue;
		path = vmm_text("%s/%s", scratch->dir, entry->d_name);
		peak = read_peak(path);
		unlink(path);
		free(path);
		if (peak > largest)
			largest = peak;
	}
	closedir(dir);
	return largest;
}
