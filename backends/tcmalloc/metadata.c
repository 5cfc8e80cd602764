/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ordinary memory for tcmalloc's metadata. Called under tcmalloc's lock: no
 * allocation here, and no function of the C library that another library could
 * replace by one that allocates.
 */
#include "config.h"

#include "backends/tcmalloc/internal.h"

#include "base/linux_sys.h"

#include <stdbool.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/*
 * tcmalloc asks for 8 MiB at a time. Of the first ones it clears 2 MiB for the
 * root of its page map before main, up to here (gperftools 2.10 to 2.18,
 * x86-64). One system call backs all that, most of it with a huge page, instead
 * of 512 page faults, which take 4 ms on slow machines.
 */
#define USED_AT_START ((size_t)608 * 4096)
#define HUGE_AT_START ((size_t)2 << 20)

void *
vmm_tcmalloc_map_metadata(size_t size)
{
	static bool is_started;
	void *addr = vmm_sys_mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (addr == MAP_FAILED)
		return NULL;
	vmm_sys_madvise(addr, size, MADV_NOHUGEPAGE);
	if (!is_started && size >= USED_AT_START) {
		vmm_sys_madvise(addr, HUGE_AT_START, MADV_HUGEPAGE);
		vmm_sys_madvise(addr, USED_AT_START, MADV_POPULATE_WRITE);
	}
	is_started = true;
	return addr;
}
