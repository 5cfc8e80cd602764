/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory that a process and its pool use, as the system counts it, and how
 * to make a heap return memory that it does not need. Nothing here allocates.
 */
#ifndef USAGE_H
#define USAGE_H

#include "platform.h"
#include "test.h"

#include <sys/statvfs.h>
#include <time.h>

/* The bytes in a line "NAME: N kB" of /proc/self/status. */
static inline size_t
usage_status(const char *name)
{
	static char text[1 << 14];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	const char *at;
	ssize_t n;

	CHECK(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	CHECK(n > 0);
	close(fd);
	text[n] = '\0';
	at = strstr(text, name);
	CHECK(at != NULL);
	return (size_t)atol(at + strlen(name) + 1) << 10;
}

/*
 * Bytes in use on the file system that the pool lies in; 0 without a pool, or
 * if it is in memory.
 */
static inline size_t
usage_file_system(void)
{
	const char *dir = getenv("VMMALLOC_POOL_DIR");
	struct statvfs fs;

	if (dir == NULL || dir[0] != '/')
		return 0;
	CHECK(statvfs(dir, &fs) == 0);
	return (size_t)(fs.f_blocks - fs.f_bfree) * fs.f_frsize;
}

/*
 * Memory of this process's own pages and of all files on the pool's file
 * system, in bytes. The file system must be used by this test only.
 */
static inline size_t
usage_memory(void)
{
	return usage_status("RssAnon") + usage_file_system();
}

/* A program that continues to allocate a little while time passes. */
static inline void
usage_go_on(void)
{
	struct timespec pause = { .tv_nsec = 50000000 };

	/* jemalloc looks at the clock once in a thousand calls */
	for (int i = 0; i < 100; i++)
		for (size_t size = 100; size < MIB; size *= 2)
			free(malloc(size));
	nanosleep(&pause, NULL);
}

/* Whether use soon falls below this if the program trims its heap. */
static inline bool
usage_falls_by_trim(size_t below)
{
	for (int i = 0; i < 10; i++) {
		malloc_trim(0);
		if (usage_memory() < below)
			return true;
		usage_go_on();
	}
	return false;
}

/* Whether use finally falls below this while the program just continues. */
static inline bool
usage_falls_by_time(size_t below)
{
	for (int i = 0; i < 160; i++) {
		if (usage_memory() < below)
			return true;
		usage_go_on();
	}
	return false;
}

/* Whether the backend keeps free memory, as documented in its manual. */
static inline bool
usage_is_kept(void)
{
	const char *backend = getenv("VMMALLOC_BACKEND");

	return backend != NULL && strcmp(backend, "tcmalloc") == 0;
}

static inline void
usage_skip_if_kept(void)
{
	if (usage_is_kept())
		test_skip("tcmalloc keeps what is free: vmmalloc-tcmalloc(7)");
}

#endif /* USAGE_H */
