/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform layer on Linux: memory and its storage. No allocation here. */
#include "config.h"

#include "core/os.h"

#include "core/checked.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14, glibc 2.35 */
#endif

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1, glibc 2.37 */
#endif

/* Bytes that the kernel maps at a read fault (fault_around_bytes). */
#define FAULT_AROUND ((size_t)64 << 10)

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
