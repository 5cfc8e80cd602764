/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: the functions that the calling thread is in. Their frames are
 * found by the tables that compilers write for exceptions, with the unwinder of
 * the C++ runtime: most programs are compiled without frame pointers.
 */
#ifndef VMM_OS_UNWIND_H
#define VMM_OS_UNWIND_H

#include <stddef.h>
#include <stdint.h>

/*
 * Loads the unwinder. To be called once, from a constructor, before
 * vmm_os_process_seal; may allocate. 0, or -1 if there is none.
 */
int vmm_os_unwind_init(void);

/*
 * Stores the addresses to which up to n functions return, the innermost first,
 * without those of this library. Returns their number. Allocates nothing,
 * unless code was registered at run time (__register_frame). Thread-safe; may
 * be called in a signal handler and in a forked child. Acquires no lock since
 * glibc 2.35 and gcc 12; before, the dynamic linker's.
 */
size_t vmm_os_unwind(uintptr_t *frames, size_t n);

#endif /* VMM_OS_UNWIND_H */
