/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding the stack of a call; see stack.h. Each lane has a memory of stacks.
 */
#include "config.h"

#include "backends/record/stack.h"

#include "backends/record/lane.h"
#include "backends/record/stack_table.h"
#include "base/linux_sys.h"

static size_t memory_size;

/* All zeroes in the child of a fork. */
static struct vmm_unwind_memory *memories[VMM_TRACE_LANES_MAX];

static struct vmm_unwinder unwinder = {
	.backtrace = _Unwind_Backtrace,
	.get_pc = _Unwind_GetIP,
	.get_cfa = _Unwind_GetCFA,
	.get_register = _Unwind_GetGR,
	.value_of = vmm_stack_table_find,
};

int
vmm_stack_init(uint32_t depth)
{
	unwinder.depth = depth;
	memory_size = vmm_unwind_memory_size(depth);
	return depth > 0 ? vmm_stack_table_init() : 0;
}

static struct vmm_unwind_memory *
get_memory(const struct vmm_lane *lane)
{
	struct vmm_unwind_memory *memory = memories[lane->number];

	if (memory == NULL) {
		memory = vmm_sys_mmap(NULL, memory_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (memory == MAP_FAILED)
			return NULL;
		vmm_sys_madvise(memory, memory_size, MADV_WIPEONFORK);
		memories[lane->number] = memory;
	}
	return memory;
}

uint32_t
vmm_stack_find(struct vmm_lane *lane, const struct vmm_unwind_place *from)
{
	struct vmm_unwind_memory *memory;
	uint32_t number;

	if (lane->is_unwinding)
		return 0;
	memory = get_memory(lane);
	if (memory == NULL)
		return 0;
	lane->is_unwinding = true;
	number = (uint32_t)vmm_unwind_find(&unwinder, memory, from);
	lane->is_unwinding = false;
	return number;
}
