/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stack of a call, by an unwinder of the compiler's (_Unwind_Backtrace of
 * libgcc_s or another), which needs no frame pointers; and a memory of stacks
 * that were found, so that the same one is seldom unwound again. No allocation
 * here, and none by the unwinder, unless code was registered at run time
 * (__register_frame).
 */
#ifndef VMM_UNWIND_H
#define VMM_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unwind.h>

/* Of a frame: where it goes on, and its registers then. */
struct vmm_unwind_place {
	uintptr_t pc;
	uintptr_t sp;
	uintptr_t fp;	 /* the frame pointer, whatever the code uses it for */
	uintptr_t fp_at; /* where it was saved; 0: that of the frame inside */
};

/* The place from which the function that says this was called. */
#ifdef __x86_64__
#define VMM_UNWIND_HERE                                           \
	((struct vmm_unwind_place){                               \
		.pc = (uintptr_t)__builtin_return_address(0),     \
		.sp = (uintptr_t)__builtin_frame_address(0) + 16, \
		.fp = *(const uintptr_t *)__builtin_frame_address(0) })
#else
#define VMM_UNWIND_HERE                                       \
	((struct vmm_unwind_place){                           \
		.pc = (uintptr_t)__builtin_return_address(0), \
		.sp = (uintptr_t)__builtin_dwarf_cfa() })
#endif

struct vmm_unwinder {
	__typeof__(&_Unwind_Backtrace) backtrace;
	__typeof__(&_Unwind_GetIP) get_pc;
	__typeof__(&_Unwind_GetCFA) get_cfa;
	__typeof__(&_Unwind_GetGR) get_register;
	uint32_t depth; /* frames; the outer ones are left out */

	/*
	 * What the caller keeps of a stack of n frames, from the innermost on:
	 * 1 <= n <= depth. 0: the stack is not remembered.
	 */
	uintptr_t (*value_of)(
		const struct vmm_unwind_place *places, uint32_t n);
};

/* Of one user at a time. All zeroes at first. */
struct vmm_unwind_memory;

/* Bytes of a memory for stacks of depth frames. */
size_t vmm_unwind_memory_size(uint32_t depth);

/*
 * The value of the stack of the calling thread, from this place outwards; 0 if
 * no frame is found. Acquires no lock since glibc 2.35 and gcc 12; before, the
 * dynamic linker's.
 */
uintptr_t vmm_unwind_find(const struct vmm_unwinder *unwinder,
	struct vmm_unwind_memory *memory, const struct vmm_unwind_place *from);

#endif /* VMM_UNWIND_H */
