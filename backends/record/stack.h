/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stacks of calls. Each distinct one has a number, and is written to the trace
 * once, as addresses to which its calls return. No allocation here.
 */
#ifndef VMM_RECORD_STACK_H
#define VMM_RECORD_STACK_H

#include "base/unwind.h"

#include <stddef.h>
#include <stdint.h>

struct vmm_lane;

/*
 * Gets the memory for stacks of depth frames; nothing if that is 0. 0, or -1
 * with errno. Once.
 */
int vmm_stack_init(uint32_t depth);

/*
 * The number of the stack of the calling thread, whose lane this is, from this
 * place outwards. 0: it is not known, because there are too many, or we are in
 * a call from the unwinder. May write to the file.
 */
uint32_t vmm_stack_find(
	struct vmm_lane *lane, const struct vmm_unwind_place *from);

#endif /* VMM_RECORD_STACK_H */
