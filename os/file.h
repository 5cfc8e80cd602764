/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: the files that the pool and the log lie in. A program may close
 * any descriptor at any moment, and open a file of its own under the same
 * number. So a file is known by its device and inode too. Data is written to a
 * descriptor only if no other thread can close it, and no hole is punched
 * through one if there is another way. Functions return 0, or -1 with errno;
 * none of them allocates. All are thread-safe and may be called in a forked
 * child.
 */
#ifndef VMM_OS_FILE_H
#define VMM_OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * An open file or directory; fd is -1 if there is none. If possible, a file
 * that has no name is held by a mapping of one page without access rights,
 * which no child inherits: so its inode number cannot be used for another file
 * after the program has closed the descriptor.
 */
struct vmm_os_file {
	int fd;
	dev_t dev;
	ino_t ino;
	void *held; /* the mapping, or NULL */
};

#define VMM_OS_NO_FILE ((struct vmm_os_file){ .fd = -1 })

/* Whether the descriptor is still that of this file. */
bool vmm_os_file_is_open(const struct vmm_os_file *file);

/* Closes the file, unless the descriptor is now another file's. */
void vmm_os_file_close(struct vmm_os_file *file);

/*
 * The same in a child, for a file of its parent: the child has not inherited
 * the mapping.
 */
void vmm_os_file_close_in_child(struct vmm_os_file *file);

/* A file or device that a pool can lie in, and its abilities. */
struct vmm_os_backing {
	struct vmm_os_file file;
	size_t granule;	    /* bytes that are backed together; a power of two */
	size_t unit;	    /* the same, or as vmm_os_disk_unit */
	size_t device_size; /* bytes of a device; 0 for a file */
	bool is_device;	    /* device DAX: all is backed, nothing zeroed */
	bool makes_huge_pages; /* on request (MADV_COLLAPSE): tmpfs */
	bool punches_quickly;  /* a hole needs no journal: tmpfs */
	bool writes_in_place;  /* a page that is backed stays so: no SIGBUS */
};

/*
 * Opens a directory, so that files can be created in it later, whatever becomes
 * of its name or of the process's permission to reach it.
 */
int vmm_os_dir_open(struct vmm_os_file *dir, const char *path);

/*
 * Creates a file without a name, mode 0600, close-on-exec, in the directory
 * path, or in dir if path is NULL. Its descriptor is far above those that
 * programs expect to get next. If path is a device DAX node, opens it for this
 * process alone. If that fails, *why is NULL or says more than errno does. If
 * the file had to have a name for a moment, that is stored in tmp_name (of size
 * bytes, for the log); otherwise tmp_name is empty.
 */
int vmm_os_backing_open(struct vmm_os_backing *backing,
	const struct vmm_os_file *dir, const char *path, char *tmp_name,
	size_t size, const char **why);

/*
 * Makes a file that was just created *size bytes long, or as long as the
 * process's limit on the size of files allows, and stores the length in *size.
 * -1 with EBADF if the descriptor is another file's. Where vmm_os_run_apart
 * cannot run, another thread that replaces the descriptor at this moment is not
 * noticed.
 */
int vmm_os_file_resize(const struct vmm_os_file *file, size_t *size);

/*
 * The size of the file system that holds the file, and how much of it is free
 * for this user, in bytes. -1 also if the file system does not say.
 */
int vmm_os_file_space(
	const struct vmm_os_file *file, uint64_t *total, uint64_t *available);

/*
 * Backs the range of the file with memory or blocks; used if the kernel cannot
 * do so by address. -1 with EBADF if the descriptor is another file's.
 */
int vmm_os_file_allocate(
	const struct vmm_os_file *file, off_t offset, size_t size);

/*
 * Releases the memory or blocks behind the range of the file; used if that
 * cannot be done by address, as in emulators. Otherwise as
 * vmm_os_file_allocate.
 */
int vmm_os_file_punch(
	const struct vmm_os_file *file, off_t offset, size_t size);

/*
 * Writes size bytes to the file, and backs that range. Only for a function that
 * vmm_os_run_apart calls: otherwise another thread could replace the
 * descriptor. -1 with ENOSYS if the file cannot be written that way
 * (hugetlbfs, sandboxes, a limit on the size of files); otherwise as
 * vmm_os_file_allocate.
 */
int vmm_os_file_write(const struct vmm_os_file *file, off_t offset,
	const void *from, size_t size);

/*
 * Makes the file `to` share all blocks of the file `from`, while no other
 * thread can close their descriptors. -1 with errno if the file system cannot,
 * or as vmm_os_run_apart.
 */
int vmm_os_file_reflink(
	const struct vmm_os_file *to, const struct vmm_os_file *from);

/*
 * Creates a file whose only use is to tell whether other processes have it
 * mapped. It must be closed once they must not map it any more.
 */
int vmm_os_marker_create(struct vmm_os_file *marker);

/*
 * Whether no process has a writable shared mapping of the marker any more. If
 * true, the marker cannot be used again.
 */
bool vmm_os_marker_is_free(const struct vmm_os_file *marker);

/*
 * Opens an empty file to append lines to, as vmm_os_output_open does, with a
 * descriptor as high as that of the pool's file. Returns it, or -1 with errno.
 */
int vmm_os_log_open(char *name);

/* Writes the text with one system call. */
void vmm_os_log_write(int fd, const char *text, size_t n);

/* Describes an open descriptor, so that it can be recognised later. */
int vmm_os_file_describe(struct vmm_os_file *file, int fd);

#endif /* VMM_OS_FILE_H */
