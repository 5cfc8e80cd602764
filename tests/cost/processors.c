/* SPDX-License-Identifier: BSD-3-Clause */
/* A machine with as many processors as a test needs; see shims.h. */
#include "config.h"

#include "tests/cost/shims.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static int processors;

void
shim_set_processors(int n)
{
	__atomic_store_n(&processors, n, __ATOMIC_RELAXED);
}

/*
 * Like the kernel, refuses a set with too few bits for all possible processors.
 */
int
sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	int n = __atomic_load_n(&processors, __ATOMIC_RELAXED);
	const char *text = getenv("SHIM_PROCESSORS");

	(void)pid;
	if (n == 0)
		n = text != NULL ? atoi(text) : 1;
	if ((size_t)n > 8 * size) {
		errno = EINVAL;
		return -1;
	}
	memset(set, 0, size);
	for (int i = 0; i < n; i++)
		CPU_SET_S((size_t)i, size, set);
	return 0;
}
