/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: everything in core/ that differs between kernels or C
 * libraries. One implementation a platform (os_linux.c). Functions return 0,
 * or -1 with errno; none of them allocates. All are thread-safe and may be
 * called in a forked child.
 */
#ifndef VMM_OS_H
#define VMM_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Identity of an open file, to notice a descriptor number that was reused. */
struct vmm_os_file_id {
	dev_t dev;
	ino_t ino;
};

/* Bytes in a page. */
size_t vmm_os_page_size(void);

/* What a pool can lie in. */
struct vmm_os_source {
	int fd;
	size_t granule; /* bytes that get storage together; a power of two */
	size_t size;	/* bytes there are, of a device; 0: as many as wanted */
	bool is_device; /* device DAX: all storage is there, none is zeroed */
	bool is_tmpfs;
};

/*
 * Opens a new file in the folder path, as vmm_os_file_create, or the device
 * DAX node path for our use alone. 0, or -1 with errno; *why is then NULL or
 * says more than errno does.
 */
int vmm_os_source_open(struct vmm_os_source *source, const char *path,
	char *tmp_name, size_t size, const char **why);

/*
 * A new unlinked file in dir, mode 0600, close-on-exec, on a descriptor far
 * above those that programs expect to be given next. Returns the descriptor,
 * or -1. Where the file had to have a name for a moment it is stored in
 * tmp_name (of size bytes, for the log), else tmp_name is made empty.
 */
int vmm_os_file_create(const char *dir, char *tmp_name, size_t size);
/* A file to append lines to, emptied, out of the way like the pool's. */
int vmm_os_open_log(const char *name);

/* One write, which is no cancellation point: allocation is none. */
void vmm_os_write_log(int fd, const char *text, size_t n);
int vmm_os_file_id(int fd, struct vmm_os_file_id *id);
bool vmm_os_file_is(int fd, const struct vmm_os_file_id *id);

/*
 * Makes the file size bytes long. -1 with EFBIG where a limit of the process
 * forbids it (the kernel would send SIGXFSZ), else as ftruncate.
 */
int vmm_os_file_resize(int fd, size_t size);

/* The current folder, to a buffer of size bytes. */
int vmm_os_cwd(char *path, size_t size);

/*
 * Bytes free to this user on the file system that holds fd. -1 also where it
 * does not say.
 */
int vmm_os_file_space(int fd, unsigned long long *bytes);

/*
 * Address space without storage, aligned to align (a power of two), all
 * accesses fault. NULL where there is none.
 */
void *vmm_os_reserve(size_t size, size_t align);

/* Zeroed private memory that takes storage page by page as it is touched. */
void *vmm_os_map_anon(size_t size);

/* Replaces [addr, addr + size) by the file from offset on. */
int vmm_os_map_shared(void *addr, size_t size, int fd, off_t offset);
int vmm_os_map_private(void *addr, size_t size, int fd, off_t offset);
/* Replaces [addr, addr + size) by zeroed private memory. */
int vmm_os_map_zero(void *addr, size_t size);

/*
 * Provides storage for all of [addr, addr + size), a part of a mapping of fd
 * (or of private memory where fd is -1) from offset on, and maps it, so that
 * touching it cannot fail. On failure part of it may have storage.
 */
int vmm_os_populate(void *addr, size_t size, int fd, off_t offset);

/*
 * The same for a range of a file on tmpfs that has no storage at all so far: in
 * batches it takes 60 % of the time, because the pages are mapped
 * many at a time. -1 where some other way has to be tried.
 */
int vmm_os_populate_hole(void *addr, size_t size, int fd, off_t offset);

/* Whether the administrator lets programs ask for transparent huge pages. */
bool vmm_os_has_huge_pages(void);

/*
 * Storage for an aligned range of a file on tmpfs of the size of a huge page,
 * with one, on the node that the file system's memory policy names. Where it is
 * no hole, what is in it stays as it is. -1 with EINVAL where that cannot be
 * done at all, else with why there was none; a hole has storage at its start
 * only then. On success it may yet have to be mapped.
 */
int vmm_os_populate_huge(
	void *addr, size_t size, int fd, off_t offset, bool is_hole);

/* Provides storage for a range of a file. 0, or -1 with errno (ENOSPC). */
int vmm_os_allocate(int fd, off_t offset, off_t size);

/*
 * Makes the file to share all blocks of the file from. -1 with errno where the
 * file system cannot.
 */
int vmm_os_reflink(int to, int from);

/* Moves the mapping [from, from + size) to the address to, replacing it. */
int vmm_os_move(void *from, size_t size, void *to);

/*
 * Gives the storage of the range of fd back; it then reads as zeroes. -1 with
 * EOPNOTSUPP where the file system cannot.
 */
int vmm_os_punch(int fd, off_t offset, off_t size);

/*
 * pthread_atfork of the C library itself, past ours. They are removed when the
 * library that dso_handle stands for is unloaded; NULL: never.
 */
int vmm_os_atfork(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle);

/* A clock that is cheap to read and only moves on, in milliseconds. */
uint64_t vmm_os_clock_ms(void);

/* A short text for an errno value, without allocation or translation. */
const char *vmm_os_strerror(int err);

/* getenv, but NULL in a set-user-ID or set-group-ID program. */
const char *vmm_os_getenv(const char *name);

#endif /* VMM_OS_H */
