/* SPDX-License-Identifier: BSD-3-Clause */
/* How often the handlers of tests/preload/early.c have run. */
#ifndef EARLY_H
#define EARLY_H

extern unsigned int early_prepared, early_in_parent, early_in_child;

#endif /* EARLY_H */
