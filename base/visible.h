/* SPDX-License-Identifier: BSD-3-Clause */
/* Marks exported functions: the compiler hides all others. */
#ifndef VMM_VISIBLE_H
#define VMM_VISIBLE_H

#define VMM_EXPORT __attribute__((visibility("default")))

#endif /* VMM_VISIBLE_H */
