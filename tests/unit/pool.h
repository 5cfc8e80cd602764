/* SPDX-License-Identifier: BSD-3-Clause */
/* A small pool in one of two directories, for the tests of core/pool.c. */
#ifndef UNIT_POOL_H
#define UNIT_POOL_H

#include "core/pool.h"

#include "tests/unit/make-pool.h"
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define POOL_SIZE (16 * MIB)

/* One on tmpfs, one on disk. */
static const char *const directories[] = { "/dev/shm", "." };

static struct vmm_pool pool;

static inline void
create(int directory)
{
	unit_make_pool(&pool, directories[directory], POOL_SIZE);
}

static inline char *
page_at(size_t page)
{
	return pool.base + page * pool.page_size;
}

/* Backing memory of the pool's file, in bytes. */
static inline size_t
backing_bytes(void)
{
	struct stat st;

	ck_assert_int_eq(fsync(pool.file.fd), 0);
	ck_assert_int_eq(fstat(pool.file.fd, &st), 0);
	return (size_t)st.st_blocks * 512;
}

static inline bool
reads(char value, size_t page, size_t n)
{
	const char *p = page_at(page);

	return p[0] == value && memcmp(p, p + 1, n * pool.page_size - 1) == 0;
}

#endif /* UNIT_POOL_H */
