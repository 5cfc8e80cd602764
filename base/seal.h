/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages for data that is only read once the library is live, such as pointers
 * to functions: a union of the data and a page of this size, aligned to it.
 */
#ifndef VMM_SEAL_H
#define VMM_SEAL_H

/* No machine that we know has larger pages. */
#if defined(__x86_64__) || defined(__i386__)
#define VMM_SEAL_ALIGN 4096
#else
#define VMM_SEAL_ALIGN 65536
#endif

/*
 * They are the only data in .data, so that they follow the pages that the
 * dynamic linker makes read-only, and are one mapping with these.
 */
#define VMM_SEALED_DATA \
	__attribute__((section(".data.vmm_sealed"), aligned(VMM_SEAL_ALIGN)))

#endif /* VMM_SEAL_H */
