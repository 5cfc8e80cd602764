/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform layer on Linux. No allocation here. */
#include "config.h"

#include "core/os.h"

#include "core/checked.h"
#include "core/format.h"
#include "libvmmalloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14, glibc 2.35 */
#endif

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1, glibc 2.37 */
#endif

/* Bytes that the kernel maps at a read fault (fault_around_bytes). */
#define FAULT_AROUND ((size_t)64 << 10)

#ifdef HAVE_LIBC_STACK_END
/* Exported by the dynamic linker, for what lies there at the start. */
extern void *__libc_stack_end;
#endif

/* Programs count on small numbers (dup2, select); 1000 is out of their way. */
#define HIGH_FD 1000

size_t
vmm_os_page_size(void)
{
#ifdef VMM_PAGE_SIZE
	return VMM_PAGE_SIZE; /* a multiple of the kernel's, for tests */
#else
	return (size_t)sysconf(_SC_PAGESIZE);
#endif
}

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

void *
vmm_os_reserve(size_t size, size_t align)
{
	size_t padded;
	char *raw, *start;

	if (vmm_add_overflows(size, align, &padded)) {
		errno = ENOMEM;
		return NULL;
	}
	raw = mmap(NULL, padded, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (raw == MAP_FAILED)
		return NULL;
	start = (char *)vmm_align_up((uintptr_t)raw, align);
	if (start > raw)
		munmap(raw, (size_t)(start - raw));
	if (start + size < raw + padded)
		munmap(start + size, (size_t)(raw + padded - start - size));
	return start;
}

void *
vmm_os_map_anon(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int
map_fixed(void *addr, size_t size, int flags, int fd, off_t offset)
{
	void *p = mmap(addr, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED,
		fd, offset);

	return p == MAP_FAILED ? -1 : 0;
}

/*
 * Without MAP_NORESERVE a mapping on hugetlbfs takes all its pages away from
 * everybody else at once, touched or not. Other file systems do not mind it.
 */
int
vmm_os_map_shared(void *addr, size_t size, int fd, off_t offset)
{
	return map_fixed(addr, size, MAP_SHARED | MAP_NORESERVE, fd, offset);
}

int
vmm_os_map_private(void *addr, size_t size, int fd, off_t offset)
{
	return map_fixed(addr, size, MAP_PRIVATE | MAP_NORESERVE, fd, offset);
}

int
vmm_os_map_zero(void *addr, size_t size)
{
	return map_fixed(
		addr, size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* Emulators (qemu-user) say yes to any advice, and do nothing. */
static bool
is_advice_taken(void *addr)
{
	static int is_taken = -1; /* atomic */
	int known = __atomic_load_n(&is_taken, __ATOMIC_RELAXED);

	if (known < 0) {
		known = madvise(addr, vmm_os_page_size(), INT_MAX) != 0;
		__atomic_store_n(&is_taken, known, __ATOMIC_RELAXED);
	}
	return known != 0;
}

int
vmm_os_populate(void *addr, size_t size, int fd, off_t offset)
{
	int r;

	do {
		r = madvise(addr, size, MADV_POPULATE_WRITE);
	} while (r != 0 && (errno == EINTR || errno == EAGAIN));
	if (r != 0 ? errno != EINVAL : is_advice_taken(addr))
		return r;
	if (fd < 0)
		return 0; /* before Linux 5.14: private memory just faults */
	return vmm_os_allocate(fd, offset, (off_t)size);
}

/* Never written, so that it takes no memory: the kernel's page of zeroes. */
static char zeroes[64 << 10];

/* Writing is a cancellation point, allocation is not. */
static ssize_t
write_at(int fd, const char *text, size_t n, off_t offset)
{
	ssize_t written;
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	do {
		written = pwrite(fd, text, n, offset);
	} while (written < 0 && errno == EINTR);
	pthread_setcancelstate(state, NULL);
	return written;
}

/*
 * Zeroes for [offset, offset + size). A write beyond RLIMIT_FSIZE, which the
 * program can lower, would raise SIGXFSZ.
 */
static int
write_zeroes(int fd, off_t offset, size_t size)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
		limit.rlim_cur < (rlim_t)offset + size) {
		errno = EFBIG;
		return -1;
	}
	while (size > 0) {
		size_t n = size < sizeof(zeroes) ? size : sizeof(zeroes);
		ssize_t written = write_at(fd, zeroes, n, offset);

		if (written <= 0)
			return -1;
		offset += written;
		size -= (size_t)written;
	}
	return 0;
}

/*
 * Written pages are in the page cache, from where a read fault maps all of an
 * aligned 64 KiB at once, and writable, because tmpfs does not watch for the
 * first write (do_fault_around and filemap_map_pages, Linux 5.14 to 6.18).
 * MADV_POPULATE_READ would look at every page again.
 */
int
vmm_os_populate_hole(void *addr, size_t size, int fd, off_t offset)
{
	const volatile char *page = addr;

	if (write_zeroes(fd, offset, size) != 0)
		return -1;
	for (size_t i = 0; i < size; i += FAULT_AROUND)
		(void)page[i];
	(void)page[size - 1];
	return 0;
}

bool
vmm_os_has_huge_pages(void)
{
	char text[64] = "";
	int fd = open("/sys/kernel/mm/transparent_hugepage/enabled",
		O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return text[0] != '\0' && strstr(text, "[never]") == NULL;
}

/*
 * MADV_COLLAPSE wants a page in the range, which names the node, and gives huge
 * pages whatever the mount option huge= of the tmpfs is. It returns 0 without
 * doing anything where they are larger than the range, and emulators take any
 * advice so: hence a look at what is there.
 */
int
vmm_os_populate_huge(
	void *addr, size_t size, int fd, off_t offset, bool is_hole)
{
	unsigned char is_there;
	char *last = (char *)addr + size - vmm_os_page_size();

	if ((is_hole && write_zeroes(fd, offset, vmm_os_page_size()) != 0) ||
		madvise(addr, size, MADV_COLLAPSE) != 0 ||
		mincore(last, 1, &is_there) != 0)
		return -1;
	if ((is_there & 1) == 0) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* So is this one. */
static int
allocate(int fd, int mode, off_t offset, off_t size)
{
	int state, r;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	do {
		r = fallocate(fd, mode, offset, size);
	} while (r != 0 && errno == EINTR);
	pthread_setcancelstate(state, NULL);
	return r;
}

int
vmm_os_allocate(int fd, off_t offset, off_t size)
{
	return allocate(fd, 0, offset, size);
}

int
vmm_os_reflink(int to, int from)
{
	return ioctl(to, FICLONE, from);
}

int
vmm_os_move(void *from, size_t size, void *to)
{
	void *p = mremap(from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);

	return p == MAP_FAILED ? -1 : 0;
}

int
vmm_os_punch(int fd, off_t offset, off_t size)
{
	return allocate(
		fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
}

#ifdef HAVE_REGISTER_ATFORK
/*
 * In glibc pthread_atfork is linked into each program, and calls this. dlsym
 * allocates nothing where it finds a name.
 */
int
vmm_os_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	void *dso_handle)
{
	static int (*next)(
		void (*)(void), void (*)(void), void (*)(void), void *);

	if (next == NULL)
		next = (int (*)(void (*)(void), void (*)(void), void (*)(void),
			void *))dlsym(RTLD_NEXT, "__register_atfork");
	return next != NULL ? next(prepare, parent, child, dso_handle) : ENOSYS;
}
#else
int
vmm_os_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
	void *dso_handle)
{
	(void)dso_handle; /* for handlers of what is unloaded; we are not */
	return pthread_atfork(prepare, parent, child);
}
#endif

uint64_t
vmm_os_clock_ms(void)
{
	struct timespec now;

	/* from the vDSO, without a system call; steps of 1 to 10 ms */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

const char *
vmm_os_strerror(int err)
{
#ifdef HAVE_STRERRORDESC_NP
	const char *text = strerrordesc_np(err);
#else
	const char *text = strerror(err);
#endif

	return text != NULL ? text : "unknown error";
}

/*
 * The environment of a program whose C library has not yet set environ:
 * functions in .preinit_array allocate before that. It lies behind argc, argv
 * and a NULL at the start of the stack, which the dynamic linker knows. musl
 * sets environ first of all.
 */
static char **
initial_environ(void)
{
#ifdef HAVE_LIBC_STACK_END
	long *argc = __libc_stack_end;

	return (char **)(void *)(argc + 1 + *argc + 1);
#else
	static char *none[1];

	return none;
#endif
}

const char *
vmm_os_getenv(const char *name)
{
	size_t n = strlen(name);

	if (environ != NULL)
		return secure_getenv(name);
	if (getauxval(AT_SECURE) != 0)
		return NULL;
	for (char **e = initial_environ(); *e != NULL; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}
