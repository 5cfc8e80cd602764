/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The C++ operators new and delete, in C and without libstdc++: on failure the
 * next operator new takes over, which calls malloc again, then the new handler,
 * and throws. Thread-safe.
 */
#include "config.h"

#include "interpose/export.h"
#include "interpose/symbols.h"

#include "core/log.h"
#include "core/ops.h"

#include <dlfcn.h>

#define ALIGN St11align_val_t
#define NOTHROW RKSt9nothrow_t
#define ALIGN_NOTHROW St11align_val_tRKSt9nothrow_t

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

/*
 * The functions have their mangled names in C, too: an assembler name of its
 * own is not seen by the optimisation at link time.
 */
#define NAME_OF(function) #function

#define DEFINE_NEW(function)                                                  \
	VMM_EXPORT void *function(size_t size);                               \
	static __attribute__((cold, noinline)) void *function##_failed(       \
		size_t size)                                                  \
	{                                                                     \
		return ((void *(*)(size_t))next_operator(NAME_OF(function)))( \
			size);                                                \
	}                                                                     \
	void *function(size_t size)                                           \
	{                                                                     \
		void *ptr = vmm_ops.malloc(size);                             \
                                                                              \
		return __builtin_expect(ptr != NULL, 1)                       \
			? ptr                                                 \
			: function##_failed(size);                            \
	}

#define DEFINE_NEW_NOTHROW(function)                                    \
	VMM_EXPORT void *function(size_t size, const void *tag);        \
	static __attribute__((cold, noinline)) void *function##_failed( \
		size_t size, const void *tag)                           \
	{                                                               \
		return ((void *(*)(size_t, const void *))next_operator( \
			NAME_OF(function)))(size, tag);                 \
	}                                                               \
	void *function(size_t size, const void *tag)                    \
	{                                                               \
		void *ptr = vmm_ops.malloc(size);                       \
                                                                        \
		return __builtin_expect(ptr != NULL, 1)                 \
			? ptr                                           \
			: function##_failed(size, tag);                 \
	}

#define DEFINE_NEW_ALIGNED(function)                                     \
	VMM_EXPORT void *function(size_t size, size_t alignment);        \
	void *function(size_t size, size_t alignment)                    \
	{                                                                \
		void *ptr = aligned_alloc(alignment, size);              \
                                                                         \
		if (ptr == NULL)                                         \
			ptr = ((void *(*)(size_t, size_t))next_operator( \
				NAME_OF(function)))(size, alignment);    \
		return ptr;                                              \
	}

#define DEFINE_NEW_ALIGNED_NOTHROW(function)                               \
	VMM_EXPORT void *function(                                         \
		size_t size, size_t alignment, const void *tag);           \
	void *function(size_t size, size_t alignment, const void *tag)     \
	{                                                                  \
		void *ptr = aligned_alloc(alignment, size);                \
                                                                           \
		if (ptr == NULL)                                           \
			ptr = ((void *(*)(size_t, size_t, const void *))   \
					next_operator(NAME_OF(function)))( \
				size, alignment, tag);                     \
		return ptr;                                                \
	}

/* One more round of expansion: the argument is a macro itself. */
#define DEFINE(kind, name) kind(name)

DEFINE(DEFINE_NEW, VMM_CXX_NEW(_Znw, ))
DEFINE(DEFINE_NEW, VMM_CXX_NEW(_Zna, ))
DEFINE(DEFINE_NEW_NOTHROW, VMM_CXX_NEW(_Znw, NOTHROW))
DEFINE(DEFINE_NEW_NOTHROW, VMM_CXX_NEW(_Zna, NOTHROW))
DEFINE(DEFINE_NEW_ALIGNED, VMM_CXX_NEW(_Znw, ALIGN))
DEFINE(DEFINE_NEW_ALIGNED, VMM_CXX_NEW(_Zna, ALIGN))
DEFINE(DEFINE_NEW_ALIGNED_NOTHROW, VMM_CXX_NEW(_Znw, ALIGN_NOTHROW))
DEFINE(DEFINE_NEW_ALIGNED_NOTHROW, VMM_CXX_NEW(_Zna, ALIGN_NOTHROW))

/* All that follows the pointer is a hint, and ignored. */
#define DEFINE_DELETE(function)              \
	VMM_EXPORT void function(void *ptr); \
	void function(void *ptr)             \
	{                                    \
		free(ptr);                   \
	}

DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zdl, ))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zda, ))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zdl, NOTHROW))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zda, NOTHROW))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zdl, ALIGN))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zda, ALIGN))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zdl, ALIGN_NOTHROW))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE(_Zda, ALIGN_NOTHROW))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE_SIZED(_Zdl, ))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE_SIZED(_Zda, ))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE_SIZED(_Zdl, ALIGN))
DEFINE(DEFINE_DELETE, VMM_CXX_DELETE_SIZED(_Zda, ALIGN))
