/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory past malloc; see memory.h. */
#include "config.h"

#include "cli/trace/memory.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <sys/mman.h>

static size_t mapped;

void *
vmm_trace_map(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED) {
		vmm_complain("no memory for the trace: %zu bytes", size);
		exit(VMM_EXIT_FAILED);
	}
	mapped += size;
	return at;
}

void
vmm_trace_unmap(void *at, size_t size)
{
	if (at == NULL)
		return;
	munmap(at, size);
	mapped -= size;
}

size_t
vmm_trace_mapped(void)
{
	return mapped;
}
