/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The cost of backing a page with memory, by each way in os/linux_memory.c:
 *
 *	commit_cost POOL_DIR WAY BATCH
 *
 * with WAY one of touch, populate, huge and half, and BATCH in KiB. Prints the
 * processor time per page in us, starting with a new file.
 */
#include "config.h"

#include "os/memory.h"
#include "os/process.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIZE ((size_t)64 << 20)
#define HUGE_PAGE ((size_t)2 << 20)

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
touch(void *addr, size_t size)
{
	size_t page = vmm_os_page_size();

	for (size_t i = 0; i < size; i += page)
		((volatile char *)addr)[i] = 1;
	return 0;
}

static int
huge(void *addr, size_t size)
{
	return vmm_os_populate_huge(addr, size, true, 0);
}

/* Like a heap that grows: the first half is already backed by small pages. */
static int
half(void *addr, size_t size)
{
	if (vmm_os_populate(addr, size / 2) != 0)
		return -1;
	return vmm_os_populate_huge(addr, size, false, 0);
}

static const struct {
	const char *name;
	int (*commit)(void *addr, size_t size);
} ways[] = { { "touch", touch }, { "populate", vmm_os_populate },
	{ "huge", huge }, { "half", half } };

_Noreturn static void
die(const char *what)
{
	perror(what);
	exit(1);
}

int
main(int argc, char **argv)
{
	struct vmm_os_backing backing;
	char tmp_name[PATH_MAX];
	size_t batch, at, way = 0, size = SIZE;
	const char *why;
	double start;
	char *base;

	if (argc != 4)
		return 2;
	while (strcmp(ways[way].name, argv[2]) != 0)
		if (++way == sizeof(ways) / sizeof(ways[0]))
			return 2;
	batch = (size_t)atol(argv[3]) << 10;
	if (vmm_os_backing_open(&backing, NULL, argv[1], tmp_name,
		    sizeof(tmp_name), &why) != 0 ||
		vmm_os_file_resize(&backing.file, &size) != 0 || size != SIZE)
		die(argv[1]);
	base = vmm_os_reserve(SIZE, HUGE_PAGE);
	if (base == NULL ||
		vmm_os_map_file(base, SIZE, &backing.file, 0, VMM_OS_SHARED) ==
			NULL)
		die("the mapping");
	start = cpu_us();
	for (at = 0; batch > 0 && at < SIZE; at += batch)
		if (ways[way].commit(base + at, batch) != 0)
			die(argv[2]);
	printf("%.3f\n",
		(cpu_us() - start) / (double)(SIZE / vmm_os_page_size()));
	return 0;
}
