/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checked size arithmetic. Functions named _overflows return true on overflow.
 */
#ifndef VMM_CHECKED_H
#define VMM_CHECKED_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

static inline bool
vmm_add_overflows(size_t a, size_t b, size_t *sum)
{
	return __builtin_add_overflow(a, b, sum);
}

static inline bool
vmm_mul_overflows(size_t a, size_t b, size_t *product)
{
	return __builtin_mul_overflow(a, b, product);
}

/* The bytes of an array, for calloc; false with ENOMEM if they are too many. */
static inline bool
vmm_array_bytes(size_t n, size_t size, size_t *bytes)
{
	if (!vmm_mul_overflows(n, size, bytes))
		return true;
	errno = ENOMEM;
	return false;
}

static inline bool
vmm_is_power_of_two(size_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* n rounded up to a multiple of align, a power of two. */
static inline bool
vmm_align_up_overflows(size_t n, size_t align, size_t *aligned)
{
	if (vmm_add_overflows(n, align - 1, aligned))
		return true;
	*aligned &= ~(align - 1);
	return false;
}

/* The same, if the caller knows that it cannot overflow. */
static inline size_t
vmm_align_up(size_t n, size_t align)
{
	return (n + align - 1) & ~(align - 1);
}

static inline size_t
vmm_align_down(size_t n, size_t align)
{
	return n & ~(align - 1);
}

#endif /* VMM_CHECKED_H */
