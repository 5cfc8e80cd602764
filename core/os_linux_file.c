/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform layer on Linux: files, folders and devices. */
#include "config.h"

#include "core/os.h"

#include "core/checked.h"
#include "core/format.h"
#include "libvmmalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Programs count on small numbers (dup2, select); 1000 is out of their way. */
#define HIGH_FD 1000

/* mkostemp needs a name: nobody may stop us between it and the unlink. */
static int
create_named(const char *dir, char *name, size_t size)
{
	sigset_t all, old;
	int fd, err;

	if (vmm_format(name, size, "%s/vmem.XXXXXX", dir) >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	fd = mkostemp(name, O_CLOEXEC);
	err = errno;
	if (fd >= 0 && unlink(name) != 0) {
		err = errno;
		close(fd);
		fd = -1;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = err;
	return fd;
}

static int
move_high(int fd)
{
	struct rlimit limit;
	int lowest = HIGH_FD;
	int high;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
		limit.rlim_cur <= HIGH_FD && limit.rlim_cur > 0)
		lowest = (int)limit.rlim_cur - 1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
	if (high < 0)
		return fd; /* works as well, is only less out of the way */
	close(fd);
	return high;
}

int
vmm_os_file_create(const char *dir, char *tmp_name, size_t size)
{
	int fd = open(dir, O_TMPFILE | O_EXCL | O_CLOEXEC | O_RDWR, 0600);

	tmp_name[0] = '\0';
	if (fd < 0) {
		struct stat st;

		if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL &&
			errno != ENOENT)
			return -1;
		if (stat(dir, &st) != 0)
			return -1;
		if (!S_ISDIR(st.st_mode)) {
			errno = ENOTDIR;
			return -1;
		}
		fd = create_named(dir, tmp_name, size);
	}
	return fd < 0 ? -1 : move_high(fd);
}

/* A number from a file of sysfs; 0 where there is none. */
static size_t
read_sysfs(dev_t dev, const char *name)
{
	char path[96], text[32];
	ssize_t n;
	size_t value = 0;
	int fd;

	vmm_format(path, sizeof(path), "/sys/dev/char/%u:%u/%s", major(dev),
		minor(dev), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		value = value * 10 + (size_t)(text[i] - '0');
	return value;
}

/* Two processes on one device would overwrite each other: it is locked. */
static int
open_device(struct vmm_os_source *source, const char *path, dev_t dev,
	const char **why)
{
	source->is_device = true;
	source->size = read_sysfs(dev, "size");
	source->granule = read_sysfs(dev, "align");
	if (source->granule == 0)
		source->granule = read_sysfs(dev, "device/align");
	if (source->size == 0 || !vmm_is_power_of_two(source->granule)) {
		*why = "not a folder or a device DAX node";
		errno = ENODEV;
		return -1;
	}
	if (vmm_align_down(source->size, source->granule) < VMMALLOC_MIN_POOL) {
		*why = "the device is smaller than the smallest pool";
		errno = ENODEV;
		return -1;
	}
	source->fd = open(path, O_RDWR | O_CLOEXEC);
	if (source->fd < 0)
		return -1;
	if (flock(source->fd, LOCK_EX | LOCK_NB) != 0) {
		*why = "the device is in use by another process";
		close(source->fd);
		errno = EBUSY;
		return -1;
	}
	source->fd = move_high(source->fd);
	return 0;
}

int
vmm_os_source_open(struct vmm_os_source *source, const char *path,
	char *tmp_name, size_t size, const char **why)
{
	struct statfs fs;
	struct stat st;

	*source = (struct vmm_os_source){ .granule = vmm_os_page_size() };
	*why = NULL;
	tmp_name[0] = '\0';
	if (stat(path, &st) != 0)
		return -1;
	if (S_ISCHR(st.st_mode))
		return open_device(source, path, st.st_rdev, why);
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	source->fd = vmm_os_file_create(path, tmp_name, size);
	if (source->fd < 0)
		return -1;
	if (fstatfs(source->fd, &fs) != 0)
		return 0;
	if ((unsigned long)fs.f_type == HUGETLBFS_MAGIC)
		source->granule = (size_t)fs.f_bsize;
	source->is_tmpfs = (unsigned long)fs.f_type == TMPFS_MAGIC;
	return 0;
}

int
vmm_os_open_log(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		0666);

	return fd < 0 ? -1 : move_high(fd);
}

void
vmm_os_write_log(int fd, const char *text, size_t n)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	(void)!write(fd, text, n);
	pthread_setcancelstate(state, NULL);
}

int
vmm_os_file_id(int fd, struct vmm_os_file_id *id)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -1;
	id->dev = st.st_dev;
	id->ino = st.st_ino;
	return 0;
}

bool
vmm_os_file_is(int fd, const struct vmm_os_file_id *id)
{
	struct vmm_os_file_id now;

	return vmm_os_file_id(fd, &now) == 0 && now.dev == id->dev &&
		now.ino == id->ino;
}

int
vmm_os_file_resize(int fd, size_t size)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size) {
		errno = EFBIG;
		return -1;
	}
	return ftruncate(fd, (off_t)size);
}

int
vmm_os_cwd(char *path, size_t size)
{
	return getcwd(path, size) != NULL ? 0 : -1;
}

int
vmm_os_file_space(int fd, unsigned long long *bytes)
{
	struct statvfs vfs;

	if (fstatvfs(fd, &vfs) != 0)
		return -1;
	if (vfs.f_blocks == 0) { /* hugetlbfs and ramfs without a limit */
		errno = ENOTSUP;
		return -1;
	}
	*bytes = (unsigned long long)vfs.f_bavail * vfs.f_frsize;
	return 0;
}
