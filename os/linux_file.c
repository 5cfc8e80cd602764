/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: files, directories and devices. No allocation here. */
#include "config.h"

#include "os/file.h"

#include "base/hot.h"
#include "base/checked.h"
#include "base/format.h"
#include "libvmmalloc.h"
#include "base/linux_sys.h"
#include "os/disk.h"
#include "os/output.h"
#include "os/process.h"

#include <errno.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/sysmacros.h>

/*
 * Programs rely on small numbers (dup2, select); from 1000 on they are out of
 * the way.
 */
#define HIGH_FD 1000

/* How many numbers are tried below a limit that is lower than that. */
#define LOW_TRIES 16

/* Moves a descriptor to a high number; leaves it as it is if none is free. */
static int
move_high(int fd)
{
	struct rlimit limit;
	int lowest = HIGH_FD;
	int high = -1;

	if (vmm_sys_getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
		limit.rlim_cur <= HIGH_FD && limit.rlim_cur > 0)
		lowest = (int)limit.rlim_cur - 1;
	for (int i = 0; high < 0 && i < LOW_TRIES && lowest - i > fd; i++)
		high = vmm_sys_fcntl(fd, F_DUPFD_CLOEXEC, lowest - i);
	if (high < 0)
		return fd;
	vmm_sys_close(fd);
	return high;
}

int
vmm_os_file_describe(struct vmm_os_file *file, int fd)
{
	struct stat st;

	file->fd = fd;
	file->held = NULL;
	if (vmm_sys_fstat(fd, &st) != 0)
		return -1;
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	return 0;
}

VMM_HOT_CODE bool
vmm_os_file_is_open(const struct vmm_os_file *file)
{
	struct stat st;

	return file->fd >= 0 && vmm_sys_fstat(file->fd, &st) == 0 &&
		st.st_dev == file->dev && st.st_ino == file->ino;
}

VMM_HOT_CODE void
vmm_os_file_close(struct vmm_os_file *file)
{
	int err = errno;

	if (vmm_os_file_is_open(file))
		vmm_sys_close(file->fd);
	file->fd = -1;
	if (file->held != NULL)
		vmm_sys_munmap(file->held, vmm_os_page_size());
	file->held = NULL;
	errno = err;
}

VMM_HOT_CODE void
vmm_os_file_close_in_child(struct vmm_os_file *file)
{
	if (file->held != NULL)
		file->held = NULL;
	vmm_os_file_close(file);
}

/*
 * Not for larger pages, on hugetlbfs: there the pool is mapped whole at once.
 */
static void
hold(struct vmm_os_file *file)
{
	size_t size = vmm_os_page_size();
	void *page = vmm_sys_mmap(
		NULL, size, PROT_NONE, MAP_SHARED | MAP_NORESERVE, file->fd, 0);

	if (page == MAP_FAILED)
		return;
	vmm_sys_munlock(page, size); /* so are its duplicates: map_file */
	if (vmm_sys_madvise(page, size, MADV_DONTFORK) == 0)
		file->held = page;
	else
		vmm_sys_munmap(page, size);
}

/* Takes ownership of a descriptor that was just opened, or -1. */
static int
keep(struct vmm_os_file *file, int fd)
{
	if (fd < 0)
		return -1;
	if (vmm_os_file_describe(file, move_high(fd)) == 0)
		return 0;
	vmm_sys_close(file->fd);
	file->fd = -1;
	return -1;
}

int
vmm_os_dir_open(struct vmm_os_file *dir, const char *path)
{
	*dir = VMM_OS_NO_FILE;
	return keep(dir,
		vmm_sys_open(
			AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
}

/* A name that the file has for a moment; O_EXCL makes sure that it is new. */
static void
make_name(char *name, size_t size)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	static unsigned int count;
	unsigned int n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	uintptr_t where = (uintptr_t)name; /* differs in each process */
	uint64_t mixed = (where >> 4) * 0x9e3779b97f4a7c15U +
		((uint64_t)getpid() << 32) + n + vmm_os_clock_ms();

	mixed ^= mixed >> 29;
	vmm_format(name, size, "vmem.");
	for (int i = 0; i < 6; i++, mixed /= sizeof(letters) - 1)
		vmm_format(name + 5 + i, size - 5 - (size_t)i, "%c",
			letters[mixed % (sizeof(letters) - 1)]);
}

/*
 * Creates a file that has a name until it is unlinked. No signal may end this
 * thread in between.
 */
static int
create_named(int dir, const char *path, char *tmp_name, size_t size)
{
	char name[32];
	struct vmm_os_signals old;
	int fd, err;

	vmm_os_signals_block(&old);
	do {
		make_name(name, sizeof(name));
		if (path != NULL) {
			if (vmm_format(tmp_name, size, "%s/%s", path, name) >=
				size) {
				fd = -1;
				errno = ENAMETOOLONG;
				break;
			}
		} else {
			vmm_format(tmp_name, size, "%s", name);
		}
		fd = vmm_sys_open(dir, tmp_name,
			O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} while (fd < 0 && errno == EEXIST);
	err = errno;
	if (fd >= 0 && unlinkat(dir, tmp_name, 0) != 0) {
		err = errno;
		vmm_sys_close(fd);
		fd = -1;
	}
	vmm_os_signals_restore(&old);
	errno = err;
	return fd;
}

/* ENOSYS: what the sandbox of man answers to O_TMPFILE. */
static bool
has_no_tmpfile(int err)
{
	return err == EOPNOTSUPP || err == EISDIR || err == EINVAL ||
		err == ENOENT || err == ENOSYS;
}

static int
create(int dir, const char *path, char *tmp_name, size_t size)
{
	int fd = vmm_sys_open(dir, path != NULL ? path : ".",
		O_TMPFILE | O_EXCL | O_CLOEXEC | O_RDWR, 0600);

	if (fd < 0 && has_no_tmpfile(errno))
		fd = create_named(dir, path, tmp_name, size);
	return fd;
}

/* A number from a file in sysfs; 0 if there is none. */
static size_t
read_sysfs(dev_t dev, const char *name)
{
	char path[96], text[32];
	ssize_t n;
	size_t value = 0;
	int fd;

	vmm_format(path, sizeof(path), "/sys/dev/char/%u:%u/%s", major(dev),
		minor(dev), name);
	fd = vmm_sys_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	n = vmm_sys_read(fd, text, sizeof(text) - 1);
	vmm_sys_close(fd);
	for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		value = value * 10 + (size_t)(text[i] - '0');
	return value;
}

/* The device is locked: two processes would overwrite each other's data. */
static int
open_device(struct vmm_os_backing *backing, const char *path, dev_t dev,
	const char **why)
{
	backing->is_device = true;
	backing->writes_in_place = true;
	backing->device_size = read_sysfs(dev, "size");
	backing->granule = read_sysfs(dev, "align");
	if (backing->granule == 0)
		backing->granule = read_sysfs(dev, "device/align");
	if (backing->device_size == 0 ||
		!vmm_is_power_of_two(backing->granule)) {
		*why = "not a directory or a device DAX node";
		errno = ENODEV;
		return -1;
	}
	if (vmm_align_down(backing->device_size, backing->granule) <
		VMMALLOC_MIN_POOL) {
		*why = "the device is smaller than the smallest pool";
		errno = ENODEV;
		return -1;
	}
	backing->unit = backing->granule;
	if (keep(&backing->file,
		    vmm_sys_open(AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0)) != 0)
		return -1;
	if (flock(backing->file.fd, LOCK_EX | LOCK_NB) != 0) {
		*why = "the device is in use by another process";
		vmm_os_file_close(&backing->file);
		errno = EBUSY;
		return -1;
	}
	return 0;
}

/* File systems by the numbers that statfs(2) gives; not all are in magic.h. */
#define BCACHEFS_MAGIC 0xca451a4eUL
#define CEPH_MAGIC 0x00c36400UL
#define CIFS_MAGIC 0xff534d42UL
#define FUSE_MAGIC 0x65735546UL
#define SMB2_MAGIC 0xfe534d42UL
#define V9FS_MAGIC_ 0x01021997UL
#define ZFS_MAGIC 0x2fc12fc1UL

/*
 * btrfs writes each page to a new place, which may not be there when the disk
 * is full, unless the file is marked before the first write.
 */
static bool
write_in_place_on_btrfs(int fd)
{
	int flags = 0;

	if (vmm_sys_ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
		return false;
	flags |= FS_NOCOW_FL;
	return vmm_sys_ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
}

static void
find_abilities(struct vmm_os_backing *backing)
{
	int fd = backing->file.fd;
	struct statfs fs;

	backing->writes_in_place = true;
	if (vmm_sys_fstatfs(fd, &fs) != 0)
		return;
	switch ((unsigned long)fs.f_type & 0xffffffffUL) {
	case HUGETLBFS_MAGIC:
		backing->granule = backing->unit = (size_t)fs.f_bsize;
		return;
	case TMPFS_MAGIC:
		backing->makes_huge_pages = true;
		backing->punches_quickly = true;
		return;
	case BTRFS_SUPER_MAGIC:
		backing->writes_in_place = write_in_place_on_btrfs(fd);
		break;
	case BCACHEFS_MAGIC:
	case CEPH_MAGIC:
	case CIFS_MAGIC:
	case FUSE_MAGIC:
	case NFS_SUPER_MAGIC:
	case SMB2_MAGIC:
	case V9FS_MAGIC_:
	case ZFS_MAGIC:
		backing->writes_in_place = false;
		break;
	}
	if (backing->writes_in_place && !vmm_os_is_dax(fd))
		backing->unit = vmm_os_disk_unit(fd);
}

int
vmm_os_backing_open(struct vmm_os_backing *backing,
	const struct vmm_os_file *dir, const char *path, char *tmp_name,
	size_t size, const char **why)
{
	int dir_fd = AT_FDCWD;
	struct stat st;

	*backing = (struct vmm_os_backing){
		.file = VMM_OS_NO_FILE,
		.granule = vmm_os_page_size(),
		.unit = vmm_os_page_size(),
	};
	*why = NULL;
	tmp_name[0] = '\0';
	if (path != NULL) {
		if (stat(path, &st) != 0)
			return -1;
		if (S_ISCHR(st.st_mode))
			return open_device(backing, path, st.st_rdev, why);
		if (!S_ISDIR(st.st_mode)) {
			errno = ENOTDIR;
			return -1;
		}
	} else {
		if (!vmm_os_file_is_open(dir)) {
			errno = EBADF;
			return -1;
		}
		dir_fd = dir->fd;
	}
	if (keep(&backing->file, create(dir_fd, path, tmp_name, size)) != 0)
		return -1;
	find_abilities(backing);
	if (backing->granule == vmm_os_page_size())
		hold(&backing->file);
	return 0;
}

struct resize {
	const struct vmm_os_file *file;
	size_t *size;
};

/*
 * A file of the program's that was put on the descriptor, even before the file
 * was described, has a name or data. To make a file longer than the limit
 * allows would raise SIGXFSZ.
 */
static int
resize(void *arg)
{
	const struct resize *what = arg;
	const struct vmm_os_file *file = what->file;
	size_t *size = what->size;
	struct rlimit limit, raised;
	struct stat st;
	bool is_raised = false;
	int r;

	if (!vmm_os_file_is_open(file) || vmm_sys_fstat(file->fd, &st) != 0 ||
		st.st_nlink != 0 || st.st_size != 0) {
		errno = EBADF;
		return -1;
	}
	if (vmm_sys_getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
		limit.rlim_cur < *size) {
		/*
		 * the process may raise it to the hard limit: do so for a
		 * moment
		 */
		raised = limit;
		raised.rlim_cur = limit.rlim_max;
		is_raised = limit.rlim_max > limit.rlim_cur &&
			setrlimit(RLIMIT_FSIZE, &raised) == 0;
		if (!is_raised)
			raised.rlim_cur = limit.rlim_cur;
		if (raised.rlim_cur < *size)
			*size = vmm_align_down(
				(size_t)raised.rlim_cur, vmm_os_page_size());
	}
	r = *size > 0 ? vmm_sys_ftruncate(file->fd, (off_t)*size) : 0;
	if (is_raised)
		setrlimit(RLIMIT_FSIZE, &limit);
	return r;
}

int
vmm_os_file_resize(const struct vmm_os_file *file, size_t *size)
{
	struct resize what = { file, size };
	int r = vmm_os_run_apart(resize, &what);

	return r != 0 && errno == ENOSYS ? resize(&what) : r;
}

int
vmm_os_file_space(
	const struct vmm_os_file *file, uint64_t *total, uint64_t *available)
{
	struct statfs fs;
	uint64_t unit;

	if (file->fd < 0 || vmm_sys_fstatfs(file->fd, &fs) != 0)
		return -1;
	if (!vmm_os_file_is_open(file)) {
		errno = EBADF;
		return -1;
	}
	if (fs.f_blocks == 0) { /* hugetlbfs and ramfs without a limit */
		errno = ENOTSUP;
		return -1;
	}
	unit = (uint64_t)(fs.f_frsize != 0 ? fs.f_frsize : fs.f_bsize);
	*total = (uint64_t)fs.f_blocks * unit;
	*available = (uint64_t)fs.f_bavail * unit;
	return 0;
}

static int
change_blocks(
	const struct vmm_os_file *file, int mode, off_t offset, size_t size)
{
	int r;

	if (!vmm_os_file_is_open(file)) {
		errno = EBADF;
		return -1;
	}
	do {
		r = vmm_sys_fallocate(file->fd, mode, offset, (off_t)size);
	} while (r != 0 && errno == EINTR);
	return r;
}

int
vmm_os_file_allocate(const struct vmm_os_file *file, off_t offset, size_t size)
{
	return change_blocks(file, 0, offset, size);
}

int
vmm_os_file_punch(const struct vmm_os_file *file, off_t offset, size_t size)
{
	return change_blocks(
		file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
}

int
vmm_os_file_write(const struct vmm_os_file *file, off_t offset,
	const void *from, size_t size)
{
	const char *at = from;
	struct rlimit limit;

	if (!vmm_os_file_is_open(file)) {
		errno = EBADF;
		return -1;
	}
	/* to write beyond the limit would raise SIGXFSZ, even in a long file */
	if (vmm_sys_getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
		limit.rlim_cur < (rlim_t)offset + size) {
		errno = ENOSYS;
		return -1;
	}
	while (size > 0) {
		ssize_t n = vmm_sys_pwrite(file->fd, at, size, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			bool is_full = n < 0 &&
				(errno == ENOSPC || errno == EDQUOT ||
					errno == ENOMEM);

			errno = is_full ? ENOMEM : ENOSYS;
			return -1;
		}
		at += n;
		offset += n;
		size -= (size_t)n;
	}
	return 0;
}

struct reflink {
	const struct vmm_os_file *to, *from;
};

static int
reflink(void *arg)
{
	const struct reflink *files = arg;

	if (!vmm_os_file_is_open(files->to) ||
		!vmm_os_file_is_open(files->from)) {
		errno = EBADF;
		return -1;
	}
	return vmm_sys_ioctl(files->to->fd, FICLONE,
		(const void *)(intptr_t)files->from->fd);
}

int
vmm_os_file_reflink(
	const struct vmm_os_file *to, const struct vmm_os_file *from)
{
	struct reflink files = { to, from };

	return vmm_os_run_apart(reflink, &files);
}

/* memfd_create and seals: Linux 3.17. */
#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1U
#endif
#ifndef MFD_ALLOW_SEALING
#define MFD_ALLOW_SEALING 2U
#endif
#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#endif
#ifndef F_SEAL_WRITE
#define F_SEAL_WRITE 8
#endif

int
vmm_os_marker_create(struct vmm_os_file *marker)
{
	size_t size = vmm_os_page_size();

	*marker = VMM_OS_NO_FILE;
	if (keep(marker,
		    vmm_sys_memfd_create("libvmmalloc",
			    MFD_CLOEXEC | MFD_ALLOW_SEALING)) != 0)
		return -1;
	if (vmm_os_file_resize(marker, &size) == 0 &&
		size == vmm_os_page_size())
		return 0;
	vmm_os_file_close(marker);
	return -1;
}

/* The kernel refuses the seal while a process has a writable shared mapping. */
bool
vmm_os_marker_is_free(const struct vmm_os_file *marker)
{
	return vmm_os_file_is_open(marker) &&
		vmm_sys_fcntl(marker->fd, F_ADD_SEALS, F_SEAL_WRITE) == 0;
}

int
vmm_os_log_open(char *name)
{
	int fd = vmm_os_output_open(name, O_APPEND);

	return fd < 0 ? -1 : move_high(fd);
}

void
vmm_os_log_write(int fd, const char *text, size_t n)
{
	(void)!vmm_sys_write(fd, text, n);
}
