/* SPDX-License-Identifier: BSD-3-Clause */
/* What is visible outside the library: all else is hidden by the compiler. */
#ifndef VMM_VISIBLE_H
#define VMM_VISIBLE_H

#define VMM_EXPORT __attribute__((visibility("default")))

#endif /* VMM_VISIBLE_H */
