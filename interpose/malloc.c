/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exported malloc family. Each function loads its pointer from the live
 * table and jumps. Edge cases are handled here once for all backends, and
 * everything that is not the common case is in another function. Thread-safe;
 * malloc, calloc and memalign set errno to ENOMEM if they return NULL.
 */
#include "config.h"

#include "interpose/export.h"

#include "base/checked.h"
#include "base/hot.h"
#include "base/log.h"
#include "core/foreign.h"
#include "core/ops.h"
#include "os/process.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

_Thread_local volatile bool vmm_is_setting_key;

VMM_HOT_CODE VMM_EXPORT void *
malloc(size_t size)
{
	VMM_LOG(4, "size %zu", size);
	return VMM_LOG_IF_NULL(
		vmm_ops.malloc(size), "malloc of %zu bytes", size);
}

VMM_HOT_CODE VMM_EXPORT void
free(void *ptr)
{
	VMM_LOG(4, "ptr %p", ptr);
	if (__builtin_expect(vmm_ops_owns(ptr), 1))
		vmm_ops.free(ptr);
	else
		vmm_foreign_free(ptr);
}

VMM_HOT_CODE VMM_EXPORT void *
calloc(size_t nmemb, size_t size)
{
	VMM_LOG(4, "nmemb %zu, size %zu", nmemb, size);
	if (__builtin_expect(vmm_is_setting_key, 0) &&
		vmm_next_ops.calloc != NULL)
		return vmm_next_ops.calloc(nmemb, size);
	return VMM_LOG_IF_NULL(vmm_ops.calloc(nmemb, size),
		"calloc of %zu times %zu bytes", nmemb, size);
}

VMM_HOT_CODE VMM_EXPORT void *
realloc(void *ptr, size_t size)
{
	VMM_LOG(4, "ptr %p, size %zu", ptr, size);
	if (__builtin_expect(vmm_ops_owns(ptr) && size != 0, 1))
		return VMM_LOG_IF_NULL(vmm_ops.realloc(ptr, size),
			"realloc to %zu bytes", size);
	if (ptr == NULL)
		return VMM_LOG_IF_NULL(
			vmm_ops.malloc(size), "realloc to %zu bytes", size);
	return vmm_foreign_realloc(ptr, size);
}

VMM_EXPORT size_t
malloc_usable_size(void *ptr)
{
	VMM_LOG(4, "ptr %p", ptr);
	if (__builtin_expect(vmm_ops_owns(ptr), 1))
		return vmm_ops.usable_size(ptr);
	return vmm_foreign_usable_size(ptr);
}

/* C23. The size, and the alignment, are hints. */
VMM_EXPORT void
free_sized(void *ptr, size_t size)
{
	VMM_LOG(4, "ptr %p, size %zu", ptr, size);
	if (__builtin_expect(vmm_ops_owns(ptr), 1))
		vmm_ops.free_sized(ptr, size);
	else
		vmm_foreign_free(ptr);
}

VMM_EXPORT void
free_aligned_sized(void *ptr, size_t alignment, size_t size)
{
	(void)alignment;
	(void)size;
	free(ptr);
}

/* Obsolete; glibc dropped it in 2.26, old programs still call it. */
VMM_EXPORT void
cfree(void *ptr)
{
	free(ptr);
}

/* glibc's memalign takes any alignment and rounds it up to a power of two. */
static void *
aligned(size_t alignment, size_t size)
{
	size_t power = sizeof(void *);

	if (alignment > SIZE_MAX / 2 + 1) {
		errno = EINVAL;
		VMM_LOG_ERRNO("alignment to %zu bytes", alignment);
		return NULL;
	}
	while (power < alignment)
		power <<= 1;
	if (size > PTRDIFF_MAX - power) {
		errno = ENOMEM;
		VMM_LOG_ERRNO("alignment of %zu bytes to %zu", size, power);
		return NULL;
	}
	return VMM_LOG_IF_NULL(vmm_ops.memalign(power, size),
		"alignment of %zu bytes to %zu", size, power);
}

VMM_EXPORT void *
memalign(size_t alignment, size_t size)
{
	VMM_LOG(4, "boundary %zu  size %zu", alignment, size);
	return aligned(alignment, size);
}

VMM_EXPORT void *
aligned_alloc(size_t alignment, size_t size)
{
	VMM_LOG(4, "alignment %zu  size %zu", alignment, size);
	return aligned(alignment, size);
}

VMM_EXPORT int
posix_memalign(void **memptr, size_t alignment, size_t size)
{
	int err = errno;
	void *ptr;

	VMM_LOG(4, "alignment %zu  size %zu", alignment, size);
	if (!vmm_is_power_of_two(alignment) ||
		alignment % sizeof(void *) != 0) {
		VMM_LOG(1, "alignment to %zu bytes: Invalid argument",
			alignment);
		return EINVAL;
	}
	ptr = aligned(alignment, size);
	if (ptr == NULL) {
		errno = err;
		return ENOMEM;
	}
	*memptr = ptr;
	return 0;
}

VMM_EXPORT void *
valloc(size_t size)
{
	VMM_LOG(4, "size %zu", size);
	return aligned(vmm_os_page_size(), size);
}

VMM_EXPORT void *
pvalloc(size_t size)
{
	size_t page_size = vmm_os_page_size();
	size_t rounded;

	VMM_LOG(4, "size %zu", size);
	if (vmm_align_up_overflows(size, page_size, &rounded)) {
		errno = ENOMEM;
		return NULL;
	}
	return aligned(page_size, rounded);
}

/*
 * glibc's other names for these functions, by which some wrappers call them.
 * Weak, so that tools show the usual names.
 */
#ifdef HAVE_MALLINFO
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 9
#define AS(target) __attribute__((copy(target)))
#else
#define AS(target)
#endif
#define ALSO(name, target)                        \
	VMM_EXPORT extern __typeof__(target) name \
		__attribute__((weak, alias(#target))) AS(target);

ALSO(__libc_calloc, calloc)
ALSO(__libc_free, free)
ALSO(__libc_malloc, malloc)
ALSO(__libc_memalign, memalign)
ALSO(__libc_pvalloc, pvalloc)
ALSO(__libc_realloc, realloc)
ALSO(__libc_valloc, valloc)
#endif
