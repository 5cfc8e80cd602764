/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * New files in the pool's directory, for copies of the pool and for the pool
 * itself after a fork. The directory is kept open, and one file is created
 * ahead of time: so there is one even after the process has changed its root
 * directory, its user or its mounts. No allocation here. Not thread-safe: the
 * caller holds the lock around the pool exclusively, or is the only thread. All
 * zero at first, and then no file can be made.
 */
#ifndef VMM_FILES_H
#define VMM_FILES_H

#include "os/file.h"

#include <stddef.h>

struct vmm_files {
	const char *path; /* of the directory; NULL: no files can be made */
	size_t size;	  /* of each file, in bytes */
	size_t unit;	  /* of each, as that of the first */
	struct vmm_os_file dir;
	struct vmm_os_backing spare;
	size_t spare_size;
};

/*
 * Sets the path of the directory, the size of the files in bytes, and their
 * unit (os/file.h): that of the pool's first file, as a process that has
 * changed its root directory may not find it any more.
 */
void vmm_files_init(
	struct vmm_files *files, const char *dir, size_t size, size_t unit);

/*
 * Creates a file ahead of time, if there is none. A failure shows when the file
 * is needed. To be called once before the program can change what it may reach,
 * and after each call of vmm_files_open.
 */
void vmm_files_refill(struct vmm_files *files);

/*
 * Returns a file that is as long as the pool, or as long as the limit on files
 * allows, and its length in *size. 0, or -1 with errno.
 */
int vmm_files_open(
	struct vmm_files *files, struct vmm_os_backing *backing, size_t *size);

/* In a child: closes the file that was created ahead, which is its parent's. */
void vmm_files_forget_spare(struct vmm_files *files);

#endif /* VMM_FILES_H */
