/* SPDX-License-Identifier: BSD-3-Clause */
/* The sizes that programs request, in few classes, from traces. */
#ifndef VMM_TRACE_SIZES_H
#define VMM_TRACE_SIZES_H

#include <stdint.h>

/* By powers of four: up to 16 << 2 k bytes, and in the last class the rest. */
#define VMM_SIZES_CLASSES 10

struct vmm_sizes {
	uint64_t calls[VMM_SIZES_CLASSES];
	uint64_t bytes[VMM_SIZES_CLASSES];
	uint64_t all_calls;
	uint64_t all_bytes;
};

/*
 * Adds the blocks that a trace allocates. Returns 0, or an exit status after a
 * complaint, as the functions of trace.h.
 */
int vmm_sizes_add(struct vmm_sizes *sizes, const char *path);

#endif /* VMM_TRACE_SIZES_H */
