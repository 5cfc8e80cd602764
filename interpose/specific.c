/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pthread_setspecific: glibc allocates for keys from number 32 on, once per 32
 * keys of a thread, and its fork zeroes these blocks of all other threads in
 * the child (reclaim_stacks). In the modes in which the child has a copy of the
 * pool, that happens in memory that is still the parent's. So these blocks come
 * from the C library's own heap, which is the child's own from the start.
 */
#include "config.h"

#include "interpose/export.h"

#include "core/next.h"
#include "core/ops.h"

#include <errno.h>
#include <pthread.h>

/* PTHREAD_KEY_2NDLEVEL_SIZE */
#define KEYS_WITHOUT_ALLOCATION 32

VMM_EXPORT int
pthread_setspecific(pthread_key_t key, const void *value)
{
	int (*next)(pthread_key_t, const void *) =
		vmm_next_ops.pthread_setspecific;
	int r;

	if (next == NULL)
		next = (int (*)(pthread_key_t, const void *))vmm_next(
			"pthread_setspecific");
	if (next == NULL)
		return ENOSYS;
	if (key < KEYS_WITHOUT_ALLOCATION)
		return next(key, value);
	vmm_is_setting_key = true;
	r = next(key, value);
	vmm_is_setting_key = false;
	return r;
}
