/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stacks of the calls that a heap profile samples. Threads that take
 * samples at the same time each use another memory of stacks (base/unwind.h).
 */
#ifndef VMM_STACKS_H
#define VMM_STACKS_H

#include "base/unwind.h"

#include <stddef.h>

struct vmm_site;

/* Loads the unwinder; once, from the constructor. 0, or -1 if there is none. */
int vmm_stacks_init(void);

/*
 * The site of the call that returns to this place, NULL if there is no memory.
 * number is the calling thread's, any one. Keeps no lock, and allocates
 * nothing.
 */
struct vmm_site *vmm_stacks_find_site(
	size_t number, const struct vmm_unwind_place *from);

/* In the child of a fork, which has no other threads. */
void vmm_stacks_forked(void);

#endif /* VMM_STACKS_H */
