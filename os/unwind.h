/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: the functions that the calling thread is in. Their frames are
 * found by the tables that compilers write for exceptions, with the unwinder of
 * the C++ runtime: most programs are compiled without frame pointers.
 */
#ifndef VMM_OS_UNWIND_H
#define VMM_OS_UNWIND_H

#include "base/unwind.h"

/*
 * Loads the unwinder, for stacks of depth frames with these values. To be
 * called once, from a constructor, before vmm_os_process_seal; may allocate. 0,
 * or -1 if there is none.
 */
int vmm_os_unwind_init(uint32_t depth,
	uintptr_t (*value_of)(
		const struct vmm_unwind_place *places, uint32_t n));

/*
 * vmm_unwind_find with that unwinder. Thread-safe; may be called in a signal
 * handler and in a forked child.
 */
uintptr_t vmm_os_unwind(
	struct vmm_unwind_memory *memory, const struct vmm_unwind_place *from);

/* Whether this is an address in this library. */
bool vmm_os_unwind_is_inside(uintptr_t pc);

#endif /* VMM_OS_UNWIND_H */
