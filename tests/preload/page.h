/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds the statistics page of this process, as vmmalloc-page(5) says. Nothing
 * here allocates.
 */
#ifndef PAGE_H
#define PAGE_H

#include "test.h"
#include "vmmalloc/page.h"

/* Of one line of /proc/self/maps; NULL: not there. */
static inline volatile struct vmmalloc_page *
page_in_line(const char *line)
{
	uintptr_t start, end;
	char rights[5];
	char magic[16] = VMMALLOC_PAGE_MAGIC;

	if (strstr(line, "/libvmmalloc.so") == NULL ||
		sscanf(line, "%lx-%lx %4s", (unsigned long *)&start,
			(unsigned long *)&end, rights) != 3 ||
		rights[0] != 'r' || rights[1] != 'w')
		return NULL;
	for (; start < end; start += VMMALLOC_PAGE_ALIGN)
		if (memcmp((void *)start, magic, sizeof(magic)) == 0)
			return (volatile struct vmmalloc_page *)start;
	return NULL;
}

/* Skips the test if the program runs without the library. */
static inline volatile struct vmmalloc_page *
page_find(void)
{
	static char text[1 << 20];
	volatile struct vmmalloc_page *page = NULL;
	int fd = open("/proc/self/maps", O_RDONLY);
	size_t n = 0;
	ssize_t r;

	if (fd < 0)
		test_skip("no /proc");
	while ((r = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)r;
	close(fd);
	for (char *line = strtok(text, "\n"); line != NULL && page == NULL;
		line = strtok(NULL, "\n"))
		page = page_in_line(line);
	CHECK(page != NULL);
	CHECK(page->version == VMMALLOC_PAGE_VERSION);
	CHECK(page->struct_size == sizeof(*page));
	return page;
}

#endif /* PAGE_H */
