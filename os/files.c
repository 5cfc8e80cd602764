/* SPDX-License-Identifier: BSD-3-Clause */
/* New files in the pool's directory; see files.h. */
#include "config.h"

#include "os/files.h"

#include <errno.h>
#include <limits.h>

static const char *path;
static size_t pool_size;
static struct vmm_os_file dir = { .fd = -1 };
static struct vmm_os_backing spare = { .file = { .fd = -1 } };
static size_t spare_size;

void
vmm_files_init(const char *the_dir, size_t size)
{
	path = the_dir;
	pool_size = size;
	vmm_os_dir_open(&dir, path);
}

/*
 * In the directory that is open, or by its path if the program has closed that.
 */
static int
make(struct vmm_os_backing *backing, size_t *size)
{
	char tmp_name[PATH_MAX];
	const char *why;
	int err;

	if (vmm_os_backing_open(backing, &dir, NULL, tmp_name, sizeof(tmp_name),
		    &why) != 0 &&
		(errno != EBADF ||
			vmm_os_backing_open(backing, NULL, path, tmp_name,
				sizeof(tmp_name), &why) != 0))
		return -1;
	*size = pool_size;
	if (vmm_os_file_resize(&backing->file, size) == 0)
		return 0;
	err = errno;
	vmm_os_file_close(&backing->file);
	errno = err;
	return -1;
}

void
vmm_files_refill(void)
{
	int err = errno;

	if (path != NULL && !vmm_os_file_is_open(&spare.file) &&
		make(&spare, &spare_size) != 0)
		spare.file = VMM_OS_NO_FILE;
	errno = err;
}

int
vmm_files_open(struct vmm_os_backing *backing, size_t *size)
{
	if (path == NULL) { /* on a device or in memory */
		errno = ENOENT;
		return -1;
	}
	if (!vmm_os_file_is_open(&spare.file))
		return make(backing, size);
	*backing = spare;
	*size = spare_size;
	spare.file = VMM_OS_NO_FILE;
	return 0;
}

void
vmm_files_forget_spare(void)
{
	vmm_os_file_close_in_child(&spare.file);
}
