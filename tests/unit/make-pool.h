/* SPDX-License-Identifier: BSD-3-Clause */
/* A pool for a unit test; its file disappears with the process. */
#ifndef UNIT_MAKE_POOL_H
#define UNIT_MAKE_POOL_H

#include "core/host.h"
#include "core/parts.h"
#include "core/pool.h"
#include "tests/unit/unit.h"

#include <limits.h>

/* Makes a pool of size bytes in the directory; fails the test if it cannot. */
static inline void
unit_make_pool(struct vmm_pool *pool, const char *dir, size_t size)
{
	char tmp_name[PATH_MAX];
	const char *why;

	ck_assert_int_eq(vmm_pool_create(pool, dir, size, NULL, tmp_name,
				 sizeof(tmp_name), &why),
		0);
}

/* Lets the backend, or the test in its place, have all of a pool. */
static inline void
unit_start_host(struct vmm_pool *pool)
{
	static struct vmm_parts parts;
	static struct vmmalloc_host table;

	vmm_parts_add(&parts, pool);
	vmm_host_init(&parts, &table);
	vmm_host_add_rest(parts.base);
}

#endif /* UNIT_MAKE_POOL_H */
