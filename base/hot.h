/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data and code that small programs touch. Small variables that are used at the
 * start of each process, or written around each fork: together, behind the
 * pages that become read-only and before the zeroed data, on a page that the
 * dynamic linker writes to in any case. A process copies each page that it
 * writes to, so they must not be scattered between large buffers.
 */
#ifndef VMM_HOT_H
#define VMM_HOT_H

#define VMM_HOT_DATA __attribute__((section(".data1")))

/* The same, away from the cache lines of variables that are written less. */
#define VMM_HOT_DATA_ALONE __attribute__((section(".data1"), aligned(64)))

/* Functions that each fork executes: together, on few pages. */
#define VMM_HOT_CODE __attribute__((hot))

#endif /* VMM_HOT_H */
