/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies of the pool for forked children; see clone.h. */
#include "config.h"

#include "core/clone.h"

#include "core/checked.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The child maps its copy in the place of the pool. That takes no more address
 * space, but the kernel refuses it to a process that is beyond RLIMIT_AS, as
 * it refuses any other mapping: better here than in the child.
 */
static int
try_to_map(void)
{
	size_t size = vmm_os_page_size();
	void *p = vmm_os_map_anon(size);

	return p == NULL ? -1 : munmap(p, size);
}

int
vmm_clone_open_file(struct vmm_clone *clone, const char *dir, size_t size,
	int pool_fd, size_t used)
{
	char tmp_name[PATH_MAX];
	struct vmm_os_source source;
	unsigned long long space;
	const char *why;
	int err;

	if (vmm_os_source_open(
		    &source, dir, tmp_name, sizeof(tmp_name), &why) != 0)
		return -1;
	*clone = (struct vmm_clone){
		.fd = source.fd,
		.size = size,
		.granule = source.granule,
	};
	if (vmm_os_file_id(clone->fd, &clone->file_id) != 0 ||
		vmm_os_file_resize(clone->fd, size) != 0)
		goto out_close;
	if (try_to_map() != 0)
		goto out_close;
	if (vmm_os_file_space(clone->fd, &space) == 0 && space < used) {
		errno = ENOSPC;
		goto out_close;
	}
	clone->is_reflink = vmm_os_reflink(clone->fd, pool_fd) == 0;
	clone->is_open = true;
	return 0;

out_close:
	err = errno;
	close(clone->fd);
	errno = err;
	return -1;
}

int
vmm_clone_open_memory(struct vmm_clone *clone, size_t size)
{
	*clone = (struct vmm_clone){ .size = size, .fd = -1 };
	clone->map = vmm_os_map_anon(size);
	if (clone->map == NULL)
		return -1;
	clone->is_open = true;
	return 0;
}

int
vmm_clone_reserve(struct vmm_clone *clone, size_t offset, size_t size)
{
	if (clone->is_reflink)
		return 0;
	if (clone->fd < 0)
		return vmm_os_populate(clone->map + offset, size, -1, 0);
	return vmm_os_allocate(clone->fd, (off_t)offset, (off_t)size);
}

/* For hugetlbfs, which has no write(). */
static int
copy_mapped(
	struct vmm_clone *clone, const char *from, size_t offset, size_t size)
{
	size_t start = vmm_align_down(offset, clone->granule);
	size_t length = vmm_align_up(offset + size, clone->granule) - start;
	char *window = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED,
		clone->fd, (off_t)start);

	if (window == MAP_FAILED)
		return -1;
	memcpy(window + (offset - start), from, size);
	munmap(window, length);
	return 0;
}

int
vmm_clone_copy(
	struct vmm_clone *clone, const char *from, size_t offset, size_t size)
{
	if (clone->is_reflink)
		return 0;
	if (clone->fd < 0) {
		memcpy(clone->map + offset, from, size);
		return 0;
	}
	while (size > 0) {
		ssize_t n = pwrite(clone->fd, from, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EINVAL)
			return copy_mapped(clone, from, offset, size);
		if (n <= 0)
			return -1;
		from += n;
		offset += (size_t)n;
		size -= (size_t)n;
	}
	return 0;
}

int
vmm_clone_refresh(struct vmm_clone *clone, int pool_fd)
{
	return clone->is_reflink ? vmm_os_reflink(clone->fd, pool_fd) : 0;
}

int
vmm_clone_adopt(struct vmm_clone *clone, char *base)
{
	if (clone->fd >= 0)
		return vmm_os_map_shared(base, clone->size, clone->fd, 0);
	return vmm_os_move(clone->map, clone->size, base);
}

void
vmm_clone_close(struct vmm_clone *clone)
{
	if (!clone->is_open)
		return;
	if (clone->fd < 0)
		munmap(clone->map, clone->size);
	else if (vmm_os_file_is(clone->fd, &clone->file_id))
		close(clone->fd);
	clone->is_open = false;
}
