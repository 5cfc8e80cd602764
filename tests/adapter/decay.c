/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decay returns backing memory to the file system: of 96 MiB that were written
 * and freed, the pool's file keeps less than 1/8, while the program does a
 * little work. Without decay (an argument) it keeps all of it. Run under
 * LD_PRELOAD.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#pragma weak vmmalloc_host_get

#define BLOCK ((size_t)96 << 10)
#define BLOCKS 1024
#define WAIT_SECONDS 100
#define NO_DECAY_SECONDS 2

static void *blocks[BLOCKS];

/* Backing memory of the pool's file, in bytes. */
static size_t
storage(void)
{
	size_t pool_size = vmmalloc_host_get()->pool_size;

	for (int fd = 0; fd < 65536; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
			st.st_nlink == 0 && (size_t)st.st_size == pool_size)
			return (size_t)st.st_blocks * 512;
	}
	fputs("the pool's file is not open\n", stderr);
	exit(1);
}

/* Allocates a little, as any program does, so that jemalloc's clock ticks. */
static void
go_on(void)
{
	struct timespec pause = { .tv_nsec = 10000000 };

	for (int i = 0; i < 100; i++) {
		free(malloc(100));
		free(malloc(100000));
	}
	nanosleep(&pause, NULL);
}

int
main(int argc, char **argv)
{
	bool is_decaying = argc < 2;
	time_t end;
	size_t full, now;

	(void)argv;
	if (vmmalloc_host_get == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(BLOCK);
		if (blocks[i] == NULL)
			return 1;
		memset(blocks[i], 1, BLOCK);
	}
	full = storage();
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
	end = time(NULL) + (is_decaying ? WAIT_SECONDS : NO_DECAY_SECONDS);
	do {
		go_on();
		now = storage();
	} while (time(NULL) < end && (!is_decaying || now > full / 8));
	printf("%zu KiB, then %zu KiB\n", full / 1024, now / 1024);
	if (full < BLOCK * BLOCKS)
		return 1;
	return is_decaying ? now > full / 8 : now < BLOCK * BLOCKS;
}
