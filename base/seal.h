/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data that is only read once the library is live, such as pointers to
 * functions. It lies beside the data that the dynamic linker makes read-only,
 * so that it needs no page and no mapping of its own; os/seal.h makes these
 * pages writable until the library is live. A plugin has a page of its own for
 * it, of this size and aligned to it.
 */
#ifndef VMM_SEAL_H
#define VMM_SEAL_H

/* No machine that we know has larger pages. */
#if defined(__x86_64__) || defined(__i386__)
#define VMM_SEAL_ALIGN 4096
#else
#define VMM_SEAL_ALIGN 65536
#endif

#define VMM_SEALED_DATA __attribute__((section(".data.rel.ro.vmm_sealed")))

#endif /* VMM_SEAL_H */
