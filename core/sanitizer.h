/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs that a sanitizer watches. */
#ifndef VMM_SANITIZER_H
#define VMM_SANITIZER_H

/*
 * The name of the sanitizer whose runtime is in this process and has a malloc
 * of its own, which no other may replace; NULL if there is none. May be called
 * at any time by any thread.
 */
const char *vmm_sanitizer(void);

#endif /* VMM_SANITIZER_H */
