/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: files that the pool and the log lie in. A program may close any
 * descriptor and open a file of its own under the same number, at any moment.
 * So a file is known by its device and inode too; nothing is written to a
 * descriptor, and no hole is punched through one. Functions return 0, or -1
 * with errno; none of them allocates. All are thread-safe and may be called in
 * a forked child.
 */
#ifndef VMM_OS_FILE_H
#define VMM_OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * An open file or directory; fd is -1 if there is none. A file that has no name
 * is held by a mapping of one page without rights, which no child gets: so the
 * file system cannot give its number to another file when the program closes
 * the descriptor.
 */
struct vmm_os_file {
	int fd;
	dev_t dev;
	ino_t ino;
	void *held; /* the mapping, or NULL */
};

#define VMM_OS_NO_FILE ((struct vmm_os_file){ .fd = -1 })

/* Whether the descriptor still is that of this file. */
bool vmm_os_file_is_open(const struct vmm_os_file *file);

/* Closes the file, unless the descriptor is another file's by now. */
void vmm_os_file_close(struct vmm_os_file *file);

/* The same in a child, of a file of its parent's. */
void vmm_os_file_close_in_child(struct vmm_os_file *file);

/* What a pool can lie in, and what can be done with it. */
struct vmm_os_backing {
	struct vmm_os_file file;
	size_t granule;	    /* bytes that are backed together; a power of two */
	size_t device_size; /* bytes of a device; 0 for a file */
	bool is_device;	    /* device DAX: all is backed, nothing zeroed */
	bool makes_huge_pages; /* on request (MADV_COLLAPSE): tmpfs */
	bool punches_quickly;  /* a hole needs no journal: tmpfs */
	bool writes_in_place;  /* a page that is backed stays so: no SIGBUS */
};

/*
 * Opens a directory, to create files in it later, whatever becomes of its name,
 * or of the process's rights to reach it.
 */
int vmm_os_dir_open(struct vmm_os_file *dir, const char *path);

/*
 * Creates a file without a name, mode 0600, close-on-exec, on a descriptor far
 * above those that programs expect to get next: in the directory path, or in
 * dir if path is NULL. If path is a device DAX node, opens it for this process
 * alone. On failure *why is NULL or says more than errno does. If the file had
 * to have a name for a moment, it is stored in tmp_name (of size bytes, for the
 * log); else tmp_name is made empty.
 */
int vmm_os_backing_open(struct vmm_os_backing *backing,
	const struct vmm_os_file *dir, const char *path, char *tmp_name,
	size_t size, const char **why);

/*
 * Makes the file size bytes long, or as many of them as the process's limit on
 * the size of files allows. Returns that many in *size.
 */
int vmm_os_file_resize(const struct vmm_os_file *file, size_t *size);

/*
 * The bytes of the file system that holds the file, all of them and those that
 * are free to this user. -1 also if it does not say.
 */
int vmm_os_file_space(
	const struct vmm_os_file *file, uint64_t *total, uint64_t *available);

/*
 * Backs the range of the file with memory or blocks; used where the kernel
 * cannot do so by address. -1 with EBADF if the descriptor is another file's.
 */
int vmm_os_file_allocate(
	const struct vmm_os_file *file, off_t offset, size_t size);

/*
 * Releases what is behind the range of the file; used if that cannot be done by
 * address, in emulators. Otherwise as vmm_os_file_allocate.
 */
int vmm_os_file_punch(
	const struct vmm_os_file *file, off_t offset, size_t size);

/*
 * Makes the file to share all blocks of the file from. -1 with errno if the
 * file system cannot.
 */
int vmm_os_file_reflink(
	const struct vmm_os_file *to, const struct vmm_os_file *from);

/*
 * A file whose only use is to tell whether other processes have it mapped:
 * close it once they must not have it any more.
 */
int vmm_os_marker_create(struct vmm_os_file *marker);

/*
 * Whether no process has a writable shared mapping of the marker any more.
 * Once true, the marker is of no more use.
 */
bool vmm_os_marker_is_free(const struct vmm_os_file *marker);

/*
 * A file to append lines to, emptied, as vmm_os_output_open opens it, and out
 * of the way like the pool's. The descriptor, or -1 with errno.
 */
int vmm_os_log_open(char *name);

/* One write. */
void vmm_os_log_write(int fd, const char *text, size_t n);

/* Describes an open descriptor, so that it can be recognised later. */
int vmm_os_file_describe(struct vmm_os_file *file, int fd);

#endif /* VMM_OS_FILE_H */
