/* SPDX-License-Identifier: BSD-3-Clause */
/* New files in the pool's directory; see files.h. */
#include "config.h"

#include "os/files.h"

#include "base/hot.h"

#include <errno.h>
#include <limits.h>

void
vmm_files_init(
	struct vmm_files *files, const char *dir, size_t size, size_t unit)
{
	*files = (struct vmm_files){
		.path = dir,
		.size = size,
		.unit = unit,
		.spare = { .file = VMM_OS_NO_FILE },
	};
	vmm_os_dir_open(&files->dir, dir);
}

/*
 * In the directory that is open, or by its path if the program has closed that.
 */
static int
make(const struct vmm_files *files, struct vmm_os_backing *backing,
	size_t *size)
{
	char tmp_name[PATH_MAX];
	const char *why;
	int err;

	if (vmm_os_backing_open(backing, &files->dir, NULL, tmp_name,
		    sizeof(tmp_name), &why) != 0 &&
		(errno != EBADF ||
			vmm_os_backing_open(backing, NULL, files->path,
				tmp_name, sizeof(tmp_name), &why) != 0))
		return -1;
	backing->unit = files->unit;
	*size = files->size;
	if (vmm_os_file_resize(&backing->file, size) == 0)
		return 0;
	err = errno;
	vmm_os_file_close(&backing->file);
	errno = err;
	return -1;
}

void
vmm_files_refill(struct vmm_files *files)
{
	int err = errno;

	if (files->path != NULL && !vmm_os_file_is_open(&files->spare.file) &&
		make(files, &files->spare, &files->spare_size) != 0)
		files->spare.file = VMM_OS_NO_FILE;
	errno = err;
}

int
vmm_files_open(
	struct vmm_files *files, struct vmm_os_backing *backing, size_t *size)
{
	if (files->path == NULL) { /* on a device or in memory */
		errno = ENOENT;
		return -1;
	}
	if (!vmm_os_file_is_open(&files->spare.file))
		return make(files, backing, size);
	*backing = files->spare;
	*size = files->spare_size;
	files->spare.file = VMM_OS_NO_FILE;
	return 0;
}

VMM_HOT_CODE void
vmm_files_forget_spare(struct vmm_files *files)
{
	if (files->path != NULL)
		vmm_os_file_close_in_child(&files->spare.file);
}
