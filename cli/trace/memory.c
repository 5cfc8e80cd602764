/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory past malloc; see memory.h. */
#include "config.h"

#include "cli/trace/memory.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t mapped;

/* As the kernel maps them: whole pages. */
static size_t
whole(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

void *
vmm_trace_map(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (at == MAP_FAILED) {
		vmm_complain("no memory for the trace: %zu bytes", size);
		exit(VMM_EXIT_FAILED);
	}
	mapped += whole(size);
	return at;
}

void
vmm_trace_unmap(void *at, size_t size)
{
	if (at == NULL)
		return;
	munmap(at, size);
	mapped -= whole(size);
}

size_t
vmm_trace_mapped(void)
{
	return mapped;
}
