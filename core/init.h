/* SPDX-License-Identifier: BSD-3-Clause */
/* The two steps of starting up. */
#ifndef VMM_INIT_H
#define VMM_INIT_H

/*
 * Reads the environment and creates the pool when it is called first: by the
 * first allocation of the process, or by our constructor. Ends the process with
 * one line if that fails. Thread-safe, allocates nothing.
 */
void vmm_init_pool(void);

#include <stdbool.h>

/* Whether the backend is live. */
bool vmm_is_started(void);

#endif /* VMM_INIT_H */
