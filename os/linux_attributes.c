/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: attributes of pages; see attributes.h. */
#include "config.h"

#include "os/attributes.h"

#include "base/linux_sys.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#ifndef MPOL_F_ADDR
#define MPOL_F_ADDR 2UL /* linux/mempolicy.h */
#endif

/*
 * Whether the range is one mapping that is not locked. Two system calls tell.
 * If a mapping ends before the range does, it is refused growth with another
 * error (EFAULT) than one that has no room behind it (ENOMEM). And this advice,
 * which has no effect on the contents of shared pages, is refused for locked
 * ones. So the range must start in a shared mapping and be followed by another
 * mapping.
 */
static bool
is_plain(char *addr, size_t size)
{
	void *p =
		vmm_sys_mremap(addr, size, size + vmm_os_page_size(), 0, NULL);

	if (p != MAP_FAILED || errno != ENOMEM)
		return false;
	return vmm_sys_madvise(addr, vmm_os_page_size(), MADV_DONTNEED) == 0;
}

/* /proc/self/smaps, line by line. */
struct reader {
	int fd;
	size_t start, end; /* of what is in the buffer */
	char buffer[2048];
};

/*
 * The next line, without its newline; NULL after the last. Long lines are cut.
 */
static char *
next_line(struct reader *r)
{
	for (;;) {
		char *line = r->buffer + r->start;
		char *newline = memchr(line, '\n', r->end - r->start);
		ssize_t n;

		if (newline != NULL ||
			(r->start == 0 && r->end == sizeof(r->buffer))) {
			if (newline == NULL)
				newline = r->buffer + r->end - 1;
			*newline = '\0';
			r->start = (size_t)(newline + 1 - r->buffer);
			return line;
		}
		memmove(r->buffer, line, r->end - r->start);
		r->end -= r->start;
		r->start = 0;
		n = vmm_sys_read(
			r->fd, r->buffer + r->end, sizeof(r->buffer) - r->end);
		if (n <= 0)
			return NULL;
		r->end += (size_t)n;
	}
}

static const char *
read_hex(const char *text, uintptr_t *value)
{
	*value = 0;
	for (;; text++) {
		char c = *text;

		if (c >= '0' && c <= '9')
			*value = *value << 4 | (uintptr_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*value = *value << 4 | (uintptr_t)(c - 'a' + 10);
		else
			return text;
	}
}

/* "START-END rwxs ..." in hexadecimal numbers. */
static bool
read_head(const char *line, char **start, char **end, int *protection)
{
	uintptr_t from, to;
	const char *at = read_hex(line, &from);

	if (at == line || *at != '-')
		return false;
	at = read_hex(at + 1, &to);
	if (*at != ' ')
		return false;
	*start = (char *)from;
	*end = (char *)to;
	*protection = (at[1] == 'r' ? PROT_READ : 0) |
		(at[2] == 'w' ? PROT_WRITE : 0) |
		(at[3] == 'x' ? PROT_EXEC : 0);
	return true;
}

/* Whether "VmFlags: rd wr sh lo" has a flag, given as " lo". */
static bool
has_flag(const char *line, const char *flag)
{
	return strstr(line, flag) != NULL;
}

static void
read_field(struct vmm_os_area *area, const char *line)
{
	static const char flags[] = "VmFlags:";
	static const char key[] = "ProtectionKey:";

	if (strncmp(line, flags, sizeof(flags) - 1) == 0) {
		area->is_locked = has_flag(line, " lo");
		area->is_not_dumped = has_flag(line, " dd");
		area->is_not_forked = has_flag(line, " dc");
	} else if (strncmp(line, key, sizeof(key) - 1) == 0) {
		for (const char *at = line; *at != '\0'; at++)
			if (*at >= '0' && *at <= '9')
				area->key = area->key * 10 + *at - '0';
	}
}

static void
read_policy(struct vmm_os_area *area)
{
	if (vmm_sys_get_mempolicy(&area->policy, area->nodes,
		    8 * sizeof(area->nodes), area->start, MPOL_F_ADDR) != 0)
		area->policy = 0;
}

/*
 * Adds an entry to the list; NULL if there is no memory. The list starts with
 * one page: the process may lock all that it maps, and have a limit on that.
 */
static struct vmm_os_area *
add(struct vmm_os_areas *areas)
{
	if ((areas->n + 1) * sizeof(*areas->list) > areas->size) {
		size_t size =
			areas->size > 0 ? 2 * areas->size : vmm_os_page_size();
		void *list = areas->size > 0
			? vmm_sys_mremap(areas->list, areas->size, size,
				  MREMAP_MAYMOVE, NULL)
			: vmm_os_map_anon(size);

		if (list == NULL || list == MAP_FAILED)
			return NULL;
		areas->list = list;
		areas->size = size;
	}
	return &areas->list[areas->n++];
}

static bool
is_plain_area(const struct vmm_os_area *area)
{
	return area->protection == (PROT_READ | PROT_WRITE) && area->key == 0 &&
		area->policy == 0 && !area->is_locked && !area->is_not_dumped &&
		!area->is_not_forked;
}

/*
 * The whole range as it was mapped, which is_plain does not find out for huge
 * pages: the kernel does not join their mappings, so that a heap that has grown
 * has several.
 */
static bool
are_plain(const struct vmm_os_areas *areas, const char *addr, size_t size)
{
	const char *at = addr;

	for (size_t i = 0; i < areas->n; i++) {
		const struct vmm_os_area *area = &areas->list[i];

		if (area->start != at || !is_plain_area(area))
			return false;
		at += area->size;
	}
	return at == addr + size;
}

int
vmm_os_areas_find(struct vmm_os_areas *areas, char *addr, size_t size)
{
	struct vmm_os_area *area = NULL; /* to which the fields belong */
	struct reader reader = { 0 };
	const char *line;

	*areas = (struct vmm_os_areas){ NULL, 0, 0 };
	if (is_plain(addr, size))
		return 0;
	reader.fd = vmm_sys_open(
		AT_FDCWD, "/proc/self/smaps", O_RDONLY | O_CLOEXEC, 0);
	if (reader.fd < 0)
		return 0;
	while ((line = next_line(&reader)) != NULL) {
		char *start, *end;
		int protection;

		if (!read_head(line, &start, &end, &protection)) {
			if (area != NULL)
				read_field(area, line);
			continue;
		}
		area = NULL;
		if (start >= addr + size)
			break;
		if (end <= addr)
			continue;
		if (start < addr)
			start = addr;
		if (end > addr + size)
			end = addr + size;
		area = add(areas);
		if (area == NULL) {
			vmm_sys_close(reader.fd);
			vmm_os_areas_free(areas);
			errno = ENOMEM;
			return -1;
		}
		*area = (struct vmm_os_area){
			.start = start,
			.size = (size_t)(end - start),
			.protection = protection,
		};
	}
	vmm_sys_close(reader.fd);
	for (size_t i = 0; i < areas->n; i++)
		read_policy(&areas->list[i]);
	if (are_plain(areas, addr, size))
		vmm_os_areas_free(areas);
	return 0;
}

/* Bytes mapped at once if memory may be locked only up to a limit. */
#define LOCKED_PIECE ((size_t)256 << 10)

/*
 * After mlockall(MCL_FUTURE) the kernel locks what is mapped, and counts it on
 * top of what it replaces. If that exceeds the limit, the area is replaced in
 * pieces, and pieces that were not locked are unlocked. Pieces are mapped
 * without write access first, because locking would copy what can be written.
 */
static int
map_private_in_pieces(
	const struct vmm_os_area *area, int flags, int fd, off_t offset)
{
	for (size_t done = 0; done < area->size; done += LOCKED_PIECE) {
		char *addr = area->start + done;
		size_t size = area->size - done;

		if (size > LOCKED_PIECE)
			size = LOCKED_PIECE;
		vmm_sys_munlock(addr, size);
		if (vmm_sys_mmap(addr, size, area->protection & ~PROT_WRITE,
			    flags, fd, offset + (off_t)done) == MAP_FAILED)
			return -1;
		if (!area->is_locked)
			vmm_sys_munlock(addr, size);
		if ((area->protection & PROT_WRITE) != 0)
			vmm_sys_mprotect(addr, size, area->protection);
	}
	return 0;
}

static int
map_private(const struct vmm_os_area *area, int fd, off_t offset)
{
	int flags = MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED;

	if (vmm_sys_mmap(area->start, area->size, area->protection, flags, fd,
		    offset) != MAP_FAILED)
		return 0;
	return errno == EAGAIN ? map_private_in_pieces(area, flags, fd, offset)
			       : -1;
}

int
vmm_os_make_private(char *addr, size_t size, const struct vmm_os_file *file,
	off_t offset, const struct vmm_os_areas *areas)
{
	if (!vmm_os_file_is_open(file)) {
		errno = EBADF;
		return -1;
	}
	if (areas->n == 0) {
		struct vmm_os_area all = {
			.start = addr,
			.size = size,
			.protection = PROT_READ | PROT_WRITE,
		};

		return map_private(&all, file->fd, offset);
	}
	for (size_t i = 0; i < areas->n; i++) {
		const struct vmm_os_area *area = &areas->list[i];

		if (map_private(
			    area, file->fd, offset + (area->start - addr)) != 0)
			return -1;
	}
	return 0;
}

static void
apply(const struct vmm_os_area *area, bool is_child)
{
	if (is_child && area->is_not_forked)
		memset(area->start, 0, area->size);
	if (area->key != 0) {
#ifdef HAVE_PKEY_MPROTECT
		pkey_mprotect(
			area->start, area->size, area->protection, area->key);
#endif
	} else if (area->protection != (PROT_READ | PROT_WRITE)) {
		vmm_sys_mprotect(area->start, area->size, area->protection);
	}
	if (area->policy != 0)
		vmm_sys_mbind(area->start, area->size, area->policy,
			area->nodes, 8 * sizeof(area->nodes));
	if (area->is_not_dumped)
		vmm_sys_madvise(area->start, area->size, MADV_DONTDUMP);
	if (area->is_not_forked && !is_child)
		vmm_sys_madvise(area->start, area->size, MADV_DONTFORK);
	if (area->is_locked && !is_child)
		vmm_sys_mlock(area->start, area->size);
}

void
vmm_os_areas_apply(const struct vmm_os_areas *areas, bool is_child)
{
	int err = errno;

	for (size_t i = 0; i < areas->n; i++)
		apply(&areas->list[i], is_child);
	errno = err;
}

void
vmm_os_areas_free(struct vmm_os_areas *areas)
{
	if (areas->list != NULL)
		vmm_os_unmap(areas->list, areas->size);
	*areas = (struct vmm_os_areas){ NULL, 0, 0 };
}
