/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks that the heap is memory of the kind that is given: dax file, on a file
 * system with DAX; dax device, a device DAX node; dax other, neither. The
 * kernel maps only DAX with MAP_SYNC, and has an attribute for the files.
 */
#include "tests/preload/test.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_SYNC
#define MAP_SHARED_VALIDATE 3
#define MAP_SYNC 0x80000
#endif

/* A descriptor of the pool's file, which has no name, by one of its mappings.
 */
static int
open_file(void)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();
	FILE *file = fopen("/proc/self/maps", "r");
	static char line[4096];
	char path[100];
	int fd;

	CHECK(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL)
		if (strtoul(line, NULL, 16) == (uintptr_t)host->pool_base)
			break;
	fclose(file);
	*strchr(line, ' ') = '\0';
	snprintf(path, sizeof(path), "/proc/self/map_files/%s", line);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	return fd;
}

/* Checks also that it is a device if one is expected. */
static bool
has_attribute(int fd, bool is_device)
{
	struct statx st;

	CHECK(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0, &st) == 0);
	CHECK(((st.stx_mode & S_IFMT) == S_IFCHR) == is_device);
	return (st.stx_attributes & STATX_ATTR_DAX) != 0;
}

static bool
can_map_sync(int fd)
{
	size_t size = 2 * MIB; /* a unit of the device */
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);

	CHECK(p != MAP_FAILED || errno == EOPNOTSUPP);
	return p != MAP_FAILED && munmap(p, size) == 0;
}

int
main(int argc, char **argv)
{
	bool is_dax;
	int fd;

	CHECK(argc == 2 && vmmalloc_host_get != NULL);
	is_dax = strcmp(argv[1], "other") != 0;
	fd = open_file();
	CHECK(has_attribute(fd, strcmp(argv[1], "device") == 0) == is_dax);
	CHECK(can_map_sync(fd) == is_dax);
	close(fd);
	return 0;
}
