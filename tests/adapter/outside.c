/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory that an allocator needs for its own metadata while the program
 * fills 300 MiB with blocks from 32 bytes to 16 MiB: prints the growth, in KiB,
 * of the process's private memory, which does not include the pool, and fails
 * if it exceeds the argument. Run under LD_PRELOAD.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma weak vmmalloc_host_get

#define TOTAL ((size_t)300 << 20)
#define SIZES 20

/* Anonymous private memory in KiB; does not allocate. */
static long
private_kib(void)
{
	char text[8192];
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	char *line;

	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	line = strstr(text, "RssAnon:");
	return line != NULL ? strtol(line + 8, NULL, 10) : -1;
}

/* The same number of bytes in blocks of each size. */
static void
fill(void)
{
	for (size_t i = 0; i < SIZES; i++) {
		size_t size = (size_t)32 << i;
		void **last = NULL;

		for (size_t n = 0; n < TOTAL / SIZES; n += size) {
			void **block = (void **)malloc(size);

			if (block == NULL) {
				perror("malloc");
				_exit(1);
			}
			memset(block, 1, size);
			*block = last;
			last = block;
		}
		/* frees half of them, so that the holes need metadata */
		for (size_t n = 0; last != NULL && n < TOTAL / SIZES / 2;
			n += size) {
			void **next = (void **)*last;

			free(last);
			last = next;
		}
	}
}

int
main(int argc, char **argv)
{
	long before, grown;

	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	/* stdio has allocated its buffer now */
	printf("private memory, in KiB:");
	before = private_kib();
	fill();
	grown = private_kib() - before;
	printf(" %ld, and grows by %ld\n", before, grown);
	if (before < 0)
		return 77;
	return argc > 1 && grown > atol(argv[1]);
}
