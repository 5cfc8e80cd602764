/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: memory. No allocation here. */
#include "config.h"

#include "os/memory.h"

#include "base/hot.h"

#include "base/checked.h"
#include "base/linux_sys.h"
#include "os/process.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14, glibc 2.35 */
#endif

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1, glibc 2.37 */
#endif

#define RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

/* The kernel knows that there is nothing; debuggers would write zeroes. */
static void
leave_out_of_cores(void *addr, size_t size)
{
	vmm_sys_madvise(addr, size, MADV_DONTDUMP);
}

/* A write that misses the pool by up to this many bytes hits no other mapping.
 */
#define GUARD ((size_t)2 << 20)

/* From the linker: the start of the file that this is linked into. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* Room for what is mapped later, beside the libraries and not elsewhere. */
#define ROOM_BELOW_LIBRARY ((size_t)256 << 20)

/*
 * The same as below, in a single call, if this place below the library is free:
 * it is, unless the program has mapped much.
 */
static void *
reserve_below_library(size_t size, size_t align, size_t guard)
{
	uintptr_t library = (uintptr_t)__ehdr_start;
	char *start, *raw;

	if (library < ROOM_BELOW_LIBRARY ||
		library - ROOM_BELOW_LIBRARY <= size ||
		library - ROOM_BELOW_LIBRARY - size < 2 * align + guard)
		return NULL;
	start = (char *)vmm_align_down(
		library - ROOM_BELOW_LIBRARY - size - guard, align);
	raw = vmm_sys_mmap(
		start - guard, size + 2 * guard, PROT_NONE, RESERVED, -1, 0);
	if (raw == start - guard)
		return start;
	if (raw != MAP_FAILED)
		vmm_sys_munmap(raw, size + 2 * guard);
	return NULL;
}

/*
 * Address space aligned to align, with a guard region before and behind it that
 * faults.
 */
static void *
reserve_aligned(size_t size, size_t align, size_t guard)
{
	size_t padded;
	char *raw, *start, *end;

	if (vmm_add_overflows(size, align, &padded) ||
		vmm_add_overflows(padded, 2 * guard, &padded)) {
		errno = ENOMEM;
		return NULL;
	}
	start = reserve_below_library(size, align, guard);
	if (start != NULL) {
		leave_out_of_cores(start - guard, size + 2 * guard);
		return start;
	}
	raw = vmm_sys_mmap(NULL, padded, PROT_NONE, RESERVED, -1, 0);
	if (raw == MAP_FAILED)
		return NULL;
	start = (char *)vmm_align_up((uintptr_t)raw + guard, align);
	end = start + size + guard;
	if (start - guard > raw)
		vmm_sys_munmap(raw, (size_t)(start - guard - raw));
	if (end < raw + padded)
		vmm_sys_munmap(end, (size_t)(raw + padded - end));
	leave_out_of_cores(start - guard, size + 2 * guard);
	return start;
}

/* Alignment to 1 GiB is of use to few programs, to 2 MiB to most. */
void *
vmm_os_reserve(size_t size, size_t align)
{
	size_t huge = (size_t)2 << 20;
	size_t page = vmm_os_page_size();
	void *start = reserve_aligned(size, align, GUARD);

	if (start == NULL && errno == ENOMEM && huge < align)
		start = reserve_aligned(size, huge, GUARD);
	if (start == NULL && errno == ENOMEM)
		start = reserve_aligned(size, page, page);
	return start;
}

int
vmm_os_unback(void *addr, size_t size)
{
	void *p = vmm_sys_mmap(
		addr, size, PROT_NONE, RESERVED | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	vmm_sys_munlock(
		addr, size); /* after mlockall it would count as locked */
	leave_out_of_cores(addr, size);
	return 0;
}

void *
vmm_os_map_anon(size_t size)
{
	void *p = vmm_sys_mmap(
		NULL, size, PROT_READ | PROT_WRITE, RESERVED, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int
vmm_os_map_zero(void *addr, size_t size)
{
	void *p = vmm_sys_mmap(addr, size, PROT_READ | PROT_WRITE,
		RESERVED | MAP_FIXED, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

void
vmm_os_unmap(void *addr, size_t size)
{
	int err = errno;

	vmm_sys_munmap(addr, size);
	errno = err;
}

/*
 * Makes a second mapping: that is what mremap(2) does for a shared mapping with
 * the old size 0.
 */
static char *
duplicate(void *addr, size_t size)
{
	char *p = vmm_sys_mremap(addr, 0, size, MREMAP_MAYMOVE, NULL);

	if (p == MAP_FAILED)
		return NULL;
	vmm_sys_mprotect(p, size, PROT_READ | PROT_WRITE);
	return p;
}

/* The mapping that holds a file is not inherited by children; this one is. */
static char *
duplicate_held(const struct vmm_os_file *file, size_t size)
{
	char *p = duplicate(file->held, size);

	if (p != NULL)
		vmm_sys_madvise(p, size, MADV_DOFORK);
	return p;
}

/*
 * The descriptor is checked after the mapping: if it is the file's now, it was
 * then, since no other code can open this file. Without MAP_NORESERVE a mapping
 * on hugetlbfs reserves all its pages at once, touched or not, and no other
 * process can have them. For other file systems the flag makes no difference.
 *
 * After mlockall(MCL_FUTURE) a mapping counts as locked, and may exceed the
 * limit; a duplicate of one that is not locked does not.
 */
void *
vmm_os_map_file(void *addr, size_t size, const struct vmm_os_file *file,
	off_t offset, enum vmm_os_sharing sharing)
{
	int flags = MAP_NORESERVE | (addr != NULL ? MAP_FIXED : 0) |
		(sharing == VMM_OS_SHARED ? MAP_SHARED : MAP_PRIVATE);
	void *p = vmm_sys_mmap(
		addr, size, PROT_READ | PROT_WRITE, flags, file->fd, offset);

	if (p == MAP_FAILED && errno == EAGAIN && file->held != NULL &&
		addr == NULL && offset == 0 && sharing == VMM_OS_SHARED)
		return duplicate_held(file, size);
	if (p == MAP_FAILED)
		return NULL;
	if (vmm_os_file_is_open(file))
		return p;
	if (addr != NULL)
		vmm_os_unback(addr, size);
	else
		vmm_os_unmap(p, size);
	errno = EBADF;
	return NULL;
}

int
vmm_os_map_more(void *first, size_t offset, void *addr, size_t size)
{
	char *p = duplicate(first, offset + size);
	int r;

	if (p == NULL)
		return -1;
	r = vmm_os_move(p + offset, size, addr);
	vmm_os_unmap(p, offset + (r != 0 ? size : 0));
	return r;
}

void *
vmm_os_map_again(void *addr, size_t size)
{
	return duplicate(addr, size);
}

int
vmm_os_move(void *from, size_t size, void *to)
{
	void *p = vmm_sys_mremap(
		from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);

	return p == MAP_FAILED ? -1 : 0;
}

/*
 * A file system that has been shut down refuses to map its files. The limit on
 * address space does not count, because the mapping replaces another one. The
 * commit charge does, if overcommit is strict, and so does the limit on data.
 * EAGAIN comes from the limit on locked memory, for which vmm_os_make_private
 * has another way.
 */
bool
vmm_os_can_map_private(
	size_t size, const struct vmm_os_file *file, off_t offset)
{
	void *p = vmm_sys_mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_NORESERVE, file->fd, offset);

	if (p == MAP_FAILED)
		return errno == EAGAIN ||
			(errno == ENOMEM && vmm_os_address_limit() != SIZE_MAX);
	vmm_os_unmap(p, size);
	return true;
}

/* Emulators (qemu-user) do not: they accept any, and do nothing. */
static bool
checks_advice(void *addr)
{
	static int checks VMM_HOT_DATA = -1; /* atomic */
	int known = __atomic_load_n(&checks, __ATOMIC_RELAXED);

	if (known < 0) {
		known = vmm_sys_madvise(addr, vmm_os_page_size(), INT_MAX) != 0;
		__atomic_store_n(&checks, known, __ATOMIC_RELAXED);
	}
	return known != 0;
}

/*
 * EPERM and ENOSYS come from a sandbox (seccomp), and mean nothing for the
 * memory.
 */
int
vmm_os_populate(void *addr, size_t size)
{
	int r;

	do {
		r = vmm_sys_madvise(addr, size, MADV_POPULATE_WRITE);
	} while (r != 0 && (errno == EINTR || errno == EAGAIN));
	if (r == 0 && checks_advice(addr))
		return 0;
	if (r == 0 || errno == EINVAL || errno == EPERM || errno == ENOSYS)
		errno = ENOSYS;
	else
		errno = ENOMEM;
	return -1;
}

/*
 * The kernel copies, and writes through its own mapping of all memory. New
 * pages that are written through ours cost a fault each; under a hypervisor
 * that shadows page tables, that takes ten times as long as copying.
 */
int
vmm_os_copy(void *to, const void *from, size_t size)
{
	char *at = to;

	while (size > 0) {
		struct iovec source = { (void *)from, size };
		struct iovec target = { at, size };
		ssize_t n = vmm_sys_process_vm_writev(
			getpid(), &source, 1, &target, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n < 0 && errno != EFAULT ? ENOSYS : ENOMEM;
			return -1;
		}
		at += n;
		from = (const char *)from + n;
		size -= (size_t)n;
	}
	return 0;
}

/*
 * MADV_COLLAPSE needs a page in the range, which names the node, and makes huge
 * pages whatever the mount option huge= of a tmpfs is. It returns 0 without
 * doing anything if huge pages are larger than the range, and what it collapsed
 * need not be mapped yet: so the range is populated after it in any case.
 */
int
vmm_os_populate_huge(void *addr, size_t size, bool is_hole, size_t seed)
{
	if (is_hole &&
		vmm_os_populate((char *)addr + seed, vmm_os_page_size()) != 0)
		return -1;
	if (vmm_sys_madvise(addr, size, MADV_COLLAPSE) != 0)
		return -1;
	return vmm_os_populate(addr, size);
}

void
vmm_os_allow_read_ahead(void *addr, size_t size, bool may_read_ahead)
{
	int err = errno;

	vmm_sys_madvise(addr, size, may_read_ahead ? MADV_NORMAL : MADV_RANDOM);
	errno = err;
}

void
vmm_os_allow_huge(void *addr, size_t size, bool may_be_huge)
{
	int err = errno;

	vmm_sys_madvise(
		addr, size, may_be_huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	errno = err;
}

bool
vmm_os_has_huge_pages(void)
{
	char text[64] = "";
	int fd = vmm_sys_open(AT_FDCWD,
		"/sys/kernel/mm/transparent_hugepage/enabled",
		O_RDONLY | O_CLOEXEC, 0);

	if (fd < 0)
		return false;
	if (vmm_sys_read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	vmm_sys_close(fd);
	return text[0] != '\0' && strstr(text, "[never]") == NULL;
}

int
vmm_os_punch(void *addr, size_t size)
{
	int r;

	if (!checks_advice(addr)) {
		errno = ENOSYS;
		return -1;
	}
	do {
		r = vmm_sys_madvise(addr, size, MADV_REMOVE);
	} while (r != 0 && errno == EINTR);
	return r;
}

int
vmm_os_discard(void *addr, size_t size)
{
	return vmm_sys_madvise(addr, size, MADV_DONTNEED);
}
