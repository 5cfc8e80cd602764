/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stacks of calls. Each distinct one has a number, and is written to the trace
 * once, as addresses to which its calls return. The unwinder is that of the
 * compiler (_Unwind_Backtrace), which needs no frame pointers. No allocation
 * here, and none by it.
 */
#ifndef VMM_RECORD_STACK_H
#define VMM_RECORD_STACK_H

#include <stddef.h>
#include <stdint.h>

struct vmm_lane;

/* Of a frame: where it goes on, and its registers then. */
struct vmm_stack_place {
	uintptr_t pc;
	uintptr_t sp;
	uintptr_t fp;	 /* the frame pointer, whatever the code uses it for */
	uintptr_t fp_at; /* where it was saved; 0: that of the frame inside */
};

/* The place from which the function that says this was called. */
#ifdef __x86_64__
#define VMM_STACK_HERE                                            \
	((struct vmm_stack_place){                                \
		.pc = (uintptr_t)__builtin_return_address(0),     \
		.sp = (uintptr_t)__builtin_frame_address(0) + 16, \
		.fp = *(const uintptr_t *)__builtin_frame_address(0) })
#else
#define VMM_STACK_HERE                                        \
	((struct vmm_stack_place){                            \
		.pc = (uintptr_t)__builtin_return_address(0), \
		.sp = (uintptr_t)__builtin_dwarf_cfa() })
#endif

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
	struct vmm_lane *lane, const struct vmm_stack_place *from);

#endif /* VMM_RECORD_STACK_H */
