/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The numbers of all stacks of a process, and those that have yet to be
 * written. No allocation here.
 */
#ifndef VMM_RECORD_STACK_TABLE_H
#define VMM_RECORD_STACK_TABLE_H

#include "backends/record/stack.h"

/* Gets the memory. 0, or -1 with errno. Once. */
int vmm_stack_table_init(void);

/*
 * The number of this stack of n frames, from the innermost on, of which there
 * is at least one; 0 if the table is full. May write to the file.
 */
uintptr_t vmm_stack_table_find(
	const struct vmm_unwind_place *places, uint32_t n);

/*
 * Writes the stacks that are new to the file. Called with the lock of the
 * lanes; does nothing without a table.
 */
void vmm_stack_table_write(void);

#endif /* VMM_RECORD_STACK_TABLE_H */
