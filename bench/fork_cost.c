/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Measures the cost of a fork with USED_MIB of memory in use. Run under
 *libvmmalloc with VMMALLOC_FORK=1, 2 or 3:
 *
 *	fork_cost USED_MIB
 *
 * or without it, to do what PMDK's libvmmalloc 1.1 does in mode 2 (preallocate
 * a file as large as the pool and copy all of the pool into it):
 *
 *	fork_cost USED_MIB POOL_DIR POOL_MIB
 *
 * Prints the medians, in ms, of the time until fork() returns in the parent
 * and until a child that wrote to a tenth of the memory has ended.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS 5
#define RUNS_ORIGINAL 3 /* each takes seconds per GiB */
#define BLOCK ((size_t)64 << 10)
#define MIB ((size_t)1 << 20)

static const char *pool_dir; /* NULL: libvmmalloc does the work */
static size_t pool_size;
static char *pool;

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *
map_file(size_t size, int *fd)
{
	char *p;

	*fd = open(pool_dir, O_TMPFILE | O_RDWR, 0600);
	if (*fd < 0 || posix_fallocate(*fd, 0, (off_t)size) != 0) {
		perror(pool_dir);
		exit(1);
	}
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return p;
}

static pid_t
fork_original(void)
{
	int fd;
	char *copy = map_file(pool_size, &fd);
	pid_t pid;

	memcpy(copy, pool, pool_size);
	munmap(copy, pool_size);
	pid = fork();
	if (pid == 0)
		pool = mmap(pool, pool_size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED, fd, 0);
	close(fd);
	return pid;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	double returned[RUNS], ended[RUNS];
	int runs = argc == 4 ? RUNS_ORIGINAL : RUNS;
	size_t n;
	char **blocks;
	int fd;

	if (argc != 2 && argc != 4) {
		fprintf(stderr, "usage: fork_cost USED_MIB [DIR POOL_MIB]\n");
		return 2;
	}
	n = strtoul(argv[1], NULL, 10) * MIB / BLOCK;
	if (argc == 4) {
		pool_dir = argv[2];
		pool_size = strtoul(argv[3], NULL, 10) * MIB;
		pool = map_file(pool_size, &fd);
	}
	blocks = malloc(n * sizeof(*blocks));
	for (size_t i = 0; i < n; i++) {
		blocks[i] = pool != NULL ? pool + i * BLOCK : malloc(BLOCK);
		memset(blocks[i], 1, BLOCK);
	}
	for (int r = 0; r < runs; r++) {
		double start = now_ms();
		pid_t pid = pool != NULL ? fork_original() : fork();

		if (pid < 0) {
			perror("fork");
			return 1;
		}
		if (pid == 0) {
			for (size_t i = 0; i < n; i += 10)
				memset(blocks[i], 2, BLOCK);
			_exit(0);
		}
		returned[r] = now_ms() - start;
		waitpid(pid, NULL, 0);
		ended[r] = now_ms() - start;
	}
	qsort(returned, (size_t)runs, sizeof(double), compare);
	qsort(ended, (size_t)runs, sizeof(double), compare);
	printf("%.2f %.2f\n", returned[runs / 2], ended[runs / 2]);
	return 0;
}
