/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions that the programs under LD_PRELOAD share. A failed check ends the
 * process at once, with status 1 and without exit handlers. Nothing here
 * allocates.
 */
#ifndef TEST_H
#define TEST_H

#include "config.h"

#include "conform/pattern.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NULL in a program that runs without libvmmalloc. */
#pragma weak vmmalloc_host_get

#define CHECK(condition) \
	((condition) ? (void)0 : test_fail(__FILE__, __LINE__, #condition))

__attribute__((noreturn)) static inline void
test_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: not so: %s (errno: %m)\n", file, line,
		condition);
	_exit(1);
}

__attribute__((noreturn)) static inline void
test_skip(const char *reason)
{
	fprintf(stderr, "skipped: %s\n", reason);
	_exit(77);
}

/*
 * Whether p lies in the pool. True for any pointer in a program that was
 * started without a pool on purpose; if the pool is missing, the test fails
 * here.
 */
static inline bool
test_is_in_pool(const void *p)
{
	const struct vmmalloc_host *host;

	if (vmmalloc_host_get == NULL) {
		CHECK(getenv("VMMALLOC_POOL_DIR") == NULL);
		return true;
	}
	host = vmmalloc_host_get();
	return (uintptr_t)p - (uintptr_t)host->pool_base < host->pool_size;
}

/*
 * How often to repeat something that is done n times by default: TEST_DIVISOR
 * times less often, for a slow machine.
 */
static inline unsigned int
test_rounds(unsigned int n)
{
	const char *divisor = getenv("TEST_DIVISOR");
	long d = divisor != NULL ? atol(divisor) : 1;

	return d > 1 && n / d > 0 ? (unsigned int)(n / d) : n;
}

/* The same for a few rounds that take long: one is left at least. */
static inline unsigned int
test_long_rounds(unsigned int n)
{
	unsigned int fewer = test_rounds(20 * n);

	return fewer < 20 * n ? (fewer + 19) / 20 : n;
}

/* A new, empty file without a name, beside the pool's. */
static inline int
test_create_file(void)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/file", getenv("VMMALLOC_POOL_DIR"));
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	CHECK(unlink(path) == 0);
	return fd;
}

/* Makes the name of a file beside the pool's. */
static inline void
test_ballast_name(char *path, size_t size)
{
	snprintf(path, size, "%s/ballast", getenv("VMMALLOC_POOL_DIR"));
}

/*
 * Fills this many bytes of the pool's file system or, if it has fewer, every
 * one of them.
 */
static inline void
test_take_room(size_t size)
{
	static char zeroes[1 << 16];
	size_t chunk = sizeof(zeroes);
	char path[4096];
	int fd;

	test_ballast_name(path, sizeof(path));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	while (chunk > 0 && size > 0) {
		ssize_t n = write(fd, zeroes, chunk < size ? chunk : size);

		CHECK(n >= 0 || errno == ENOSPC || errno == EDQUOT);
		if (n <= 0)
			chunk /= 2;
		else
			size -= (size_t)n;
	}
	/* some file systems only notice here that there is no room */
	(void)!fsync(fd);
	close(fd);
}

static inline void
test_take_all_room(void)
{
	test_take_room(SIZE_MAX);
}

static inline void
test_give_room_back(void)
{
	char path[4096];

	test_ballast_name(path, sizeof(path));
	CHECK(unlink(path) == 0);
}

#endif /* TEST_H */
