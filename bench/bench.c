/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions that the bench programs share; see bench.h. */
#include "config.h"

#include "bench/bench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE 64 /* bytes per cache line */
#define THREADS_MAX 1024

void
bench_die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

struct bench_args
bench_parse(int argc, char **argv, unsigned threads)
{
	struct bench_args args = { .scale = 1, .threads = threads };
	char *end = "";

	errno = EINVAL;
	if (argc > 3)
		bench_die("too many arguments");
	if (argc > 1) {
		args.scale = strtod(argv[1], &end);
		if (*end != '\0' || !(args.scale > 0 && args.scale <= 1e6))
			bench_die(argv[1]);
	}
	if (argc > 2) {
		args.threads = (unsigned)strtoul(argv[2], &end, 10);
		if (*end != '\0' || args.threads < 1 ||
			args.threads > THREADS_MAX)
			bench_die(argv[2]);
	}
	return args;
}

size_t
bench_scaled(const struct bench_args *args, size_t count)
{
	double scaled = (double)count * args->scale;

	return scaled < 1 ? 1 : (size_t)scaled;
}

void
bench_run_threads(
	unsigned count, void *(*start)(void *arg), void *args, size_t size)
{
	pthread_t threads[THREADS_MAX];
	unsigned i;

	for (i = 0; i < count; i++) {
		errno = pthread_create(
			&threads[i], NULL, start, (char *)args + i * size);
		if (errno != 0)
			bench_die("pthread_create");
	}
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

void
bench_fill(void *block, size_t size, unsigned tag)
{
	volatile unsigned char *p = block;
	size_t i;

	for (i = 0; i < size; i += LINE)
		p[i] = (unsigned char)tag;
	if (size > 0)
		p[size - 1] = (unsigned char)tag;
}

void
bench_check(const void *block, size_t size, unsigned tag)
{
	const volatile unsigned char *p = block;
	unsigned char want = (unsigned char)tag;

	if (size > 0 && (p[0] != want || p[size - 1] != want)) {
		errno = EILSEQ;
		bench_die("a block was overwritten");
	}
}

void *
bench_alloc(size_t size, unsigned tag)
{
	void *block = malloc(size);

	if (block == NULL)
		bench_die("malloc");
	bench_fill(block, size, tag);
	return block;
}

void
bench_free(void *block, size_t size, unsigned tag)
{
	if (block == NULL)
		return;
	bench_check(block, size, tag);
	free(block);
}

/* The value of a field of smaps_rollup, in bytes. */
static size_t
field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at == NULL ? 0 : strtoul(at + strlen(name), NULL, 10) * 1024;
}

/* Backing memory of the open regular files that have been unlinked. */
static size_t
count_unlinked_storage(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	struct stat st;
	size_t sum = 0;

	if (dir == NULL)
		bench_die("/proc/self/fd");
	while ((entry = readdir(dir)) != NULL) {
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
			S_ISREG(st.st_mode) && st.st_nlink == 0)
			sum += (size_t)st.st_blocks * 512;
	}
	closedir(dir);
	return sum;
}

size_t
bench_memory(void)
{
	char text[4096];
	size_t anonymous, shared, storage;
	ssize_t n;
	int fd = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		bench_die("/proc/self/smaps_rollup");
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		bench_die("/proc/self/smaps_rollup");
	text[n] = '\0';
	anonymous = field(text, "\nPss_Anon:") - field(text, "\nLazyFree:");
	shared = field(text, "\nPss_Shmem:");
	storage = count_unlinked_storage();
	return anonymous + (shared > storage ? shared : storage);
}
