/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rights of the pages with VMM_SEALED_DATA (base/seal.h). The dynamic
 * linker makes them read-only when it has relocated the library, before any of
 * its code runs. No allocation here.
 */
#ifndef VMM_OS_SEAL_H
#define VMM_OS_SEAL_H

/*
 * To be called before such data is written; does nothing from the second call
 * on. If the kernel refuses, the process ends with a line.
 */
void vmm_os_unseal(void);

/* From now on the data is read-only, and unseal has no effect. */
void vmm_os_seal(void);

#endif /* VMM_OS_SEAL_H */
