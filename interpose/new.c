/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The C++ operators new and delete, in C and without libstdc++: on failure the
 * next operator new takes over, which calls malloc again, then the new handler,
 * and throws. Thread-safe.
 */
#include "config.h"

#include "interpose/export.h"

#include "core/log.h"
#include "core/ops.h"

#include <dlfcn.h>

/* How the Itanium C++ ABI spells size_t. */
#if __SIZEOF_POINTER__ == 8
#define SZ "m"
#else
#define SZ "j"
#endif

#define ALIGN "St11align_val_t"
#define NOTHROW "RKSt9nothrow_t"

/* One of the operators new that take these arguments, in the next library. */
static void *
next_operator(const char *name)
{
	void *next = dlsym(RTLD_NEXT, name);

	if (next == NULL)
		vmm_fatal(
			"out of memory in %s, and no libstdc++ to throw", name);
	return next;
}

#define DEFINE_NEW(function, symbol)                                     \
	VMM_EXPORT void *function(size_t size) __asm__(symbol);          \
	static __attribute__((cold, noinline)) void *function##_failed(  \
		size_t size)                                             \
	{                                                                \
		return ((void *(*)(size_t))next_operator(symbol))(size); \
	}                                                                \
	void *function(size_t size)                                      \
	{                                                                \
		void *ptr = vmm_ops.malloc(size);                        \
                                                                         \
		return __builtin_expect(ptr != NULL, 1)                  \
			? ptr                                            \
			: function##_failed(size);                       \
	}

#define DEFINE_NEW_NOTHROW(function, symbol)                             \
	VMM_EXPORT void *function(size_t size, const void *tag) __asm__( \
		symbol);                                                 \
	static __attribute__((cold, noinline)) void *function##_failed(  \
		size_t size, const void *tag)                            \
	{                                                                \
		return ((void *(*)(size_t, const void *))next_operator(  \
			symbol))(size, tag);                             \
	}                                                                \
	void *function(size_t size, const void *tag)                     \
	{                                                                \
		void *ptr = vmm_ops.malloc(size);                        \
                                                                         \
		return __builtin_expect(ptr != NULL, 1)                  \
			? ptr                                            \
			: function##_failed(size, tag);                  \
	}

#define DEFINE_NEW_ALIGNED(function, symbol)                              \
	VMM_EXPORT void *function(size_t size, size_t alignment) __asm__( \
		symbol);                                                  \
	void *function(size_t size, size_t alignment)                     \
	{                                                                 \
		void *ptr = aligned_alloc(alignment, size);               \
                                                                          \
		if (ptr == NULL)                                          \
			ptr = ((void *(*)(size_t, size_t))next_operator(  \
				symbol))(size, alignment);                \
		return ptr;                                               \
	}

#define DEFINE_NEW_ALIGNED_NOTHROW(function, symbol)                   \
	VMM_EXPORT void *function(size_t size, size_t alignment,       \
		const void *tag) __asm__(symbol);                      \
	void *function(size_t size, size_t alignment, const void *tag) \
	{                                                              \
		void *ptr = aligned_alloc(alignment, size);            \
                                                                       \
		if (ptr == NULL)                                       \
			ptr = ((void *(*)(size_t, size_t,              \
				const void *))next_operator(symbol))(  \
				size, alignment, tag);                 \
		return ptr;                                            \
	}

DEFINE_NEW(new_one, "_Znw" SZ)
DEFINE_NEW(new_array, "_Zna" SZ)
DEFINE_NEW_NOTHROW(new_one_nothrow, "_Znw" SZ NOTHROW)
DEFINE_NEW_NOTHROW(new_array_nothrow, "_Zna" SZ NOTHROW)
DEFINE_NEW_ALIGNED(new_one_aligned, "_Znw" SZ ALIGN)
DEFINE_NEW_ALIGNED(new_array_aligned, "_Zna" SZ ALIGN)
DEFINE_NEW_ALIGNED_NOTHROW(new_one_aligned_nothrow, "_Znw" SZ ALIGN NOTHROW)
DEFINE_NEW_ALIGNED_NOTHROW(new_array_aligned_nothrow, "_Zna" SZ ALIGN NOTHROW)

/* All that follows the pointer is a hint, and ignored. */
#define DEFINE_DELETE(function, symbol)                      \
	VMM_EXPORT void function(void *ptr) __asm__(symbol); \
	void function(void *ptr)                             \
	{                                                    \
		free(ptr);                                   \
	}

DEFINE_DELETE(delete_one, "_ZdlPv")
DEFINE_DELETE(delete_array, "_ZdaPv")
DEFINE_DELETE(delete_one_nothrow, "_ZdlPv" NOTHROW)
DEFINE_DELETE(delete_array_nothrow, "_ZdaPv" NOTHROW)
DEFINE_DELETE(delete_one_sized, "_ZdlPv" SZ)
DEFINE_DELETE(delete_array_sized, "_ZdaPv" SZ)
DEFINE_DELETE(delete_one_aligned, "_ZdlPv" ALIGN)
DEFINE_DELETE(delete_array_aligned, "_ZdaPv" ALIGN)
DEFINE_DELETE(delete_one_aligned_nothrow, "_ZdlPv" ALIGN NOTHROW)
DEFINE_DELETE(delete_array_aligned_nothrow, "_ZdaPv" ALIGN NOTHROW)
DEFINE_DELETE(delete_one_sized_aligned, "_ZdlPv" SZ ALIGN)
DEFINE_DELETE(delete_array_sized_aligned, "_ZdaPv" SZ ALIGN)
