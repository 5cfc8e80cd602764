/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Provides tcmalloc's memory: extents of the pool, which place.cc chooses, and
 * ordinary memory for metadata. libtcmalloc calls
 * tc_get_sysalloc_override when it takes its first memory, while the plugin is
 * being loaded: no constructor of the plugin has run by then. No allocation
 * here.
 */
#include "config.h"

#include "backends/tcmalloc/internal.h"

#include "vmmalloc/backend.h"

#include <gperftools/malloc_extension.h>

#include <errno.h>
#include <new>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * A switch of libtcmalloc, under the name that its DEFINE_bool gives it. It
 * makes every release fail, even one that the program asks for. If a build does
 * not export it, only the release rate is set.
 */
namespace FLAG__namespace_do_not_use_directly_use_DECLARE_bool_instead
{
extern bool FLAGS_malloc_disable_memory_release __attribute__((weak));
}

/* The leak checker, in libtcmalloc before 2.17; declared in no header later. */
class HeapLeakChecker
{
      public:
	static bool IsActive() __attribute__((weak));
};

/*
 * The smallest pages that tcmalloc can be built with; the memory of blocks has
 * at least their alignment.
 */
#define TCMALLOC_PAGE_MIN 4096

namespace
{
class PoolAllocator : public SysAllocator
{
      public:
	void *Alloc(size_t size, size_t *actual_size, size_t alignment);
};

/* Called under tcmalloc's locks, with a size that is not rounded. */
void *
PoolAllocator::Alloc(size_t size, size_t *actual_size, size_t alignment)
{
	size_t page_size = vmmalloc_host_get()->page_size;
	size_t rounded = (size + page_size - 1) & ~(page_size - 1);
	int err = errno;
	void *addr;

	if (rounded < size || size > PTRDIFF_MAX)
		return NULL;
	/* metadata has the alignment of max_align_t, and needs all of it */
	if (alignment < TCMALLOC_PAGE_MIN)
		addr = vmm_tcmalloc_place_metadata(rounded, alignment);
	else
		addr = vmm_tcmalloc_place(&rounded, alignment);
	errno = err; /* tcmalloc sets it itself if the program must see it */
	if (addr != NULL && actual_size != NULL)
		*actual_size = rounded;
	return addr;
}

alignas(PoolAllocator) char memory[sizeof(PoolAllocator)];
SysAllocator *pool_allocator;
} // namespace

/* Overrides a weak function of libtcmalloc; declared in no header. */
__attribute__((visibility("default"))) SysAllocator *tc_get_sysalloc_override(
	SysAllocator *system);

SysAllocator *
tc_get_sysalloc_override(SysAllocator *system)
{
	const char *leak_check = secure_getenv("HEAPCHECK");

	(void)system;
	/* it would abort, because it has not seen the first allocations */
	if (&HeapLeakChecker::IsActive != NULL && leak_check != NULL &&
		*leak_check != '\0')
		vmmalloc_host_get()->fatal("tcmalloc: HEAPCHECK does not work "
					   "with a pool; unset it");
	pool_allocator = new (memory) PoolAllocator;
	return pool_allocator;
}

/*
 * Replaces the function with which libtcmalloc 2.7 to 2.10 registers its fork
 * handlers. That one calls glibc's own pthread_atfork and bypasses libvmmalloc,
 * which must run these handlers after all others that prepare. Later versions
 * call pthread_atfork as other libraries do.
 */
__attribute__((visibility("default"))) void perftools_pthread_atfork(
	void (*prepare)(), void (*parent)(), void (*child)());

void
perftools_pthread_atfork(void (*prepare)(), void (*parent)(), void (*child)())
{
	pthread_atfork(prepare, parent, child);
}

bool
vmm_tcmalloc_is_in_pool(void)
{
	return pool_allocator != NULL &&
		MallocExtension::instance()->GetSystemAllocator() ==
		pool_allocator;
}

void
vmm_tcmalloc_stop_release(void)
{
	using namespace FLAG__namespace_do_not_use_directly_use_DECLARE_bool_instead;

	if (&FLAGS_malloc_disable_memory_release != NULL)
		FLAGS_malloc_disable_memory_release = true;
	MallocExtension::instance()->SetMemoryReleaseRate(0.0);
}
