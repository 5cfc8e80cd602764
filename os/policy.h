/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: which memory nodes private memory comes from, and how much they
 * have. Functions return 0, or -1 with errno; none of them allocates. All are
 * thread-safe and may be called in a forked child.
 */
#ifndef VMM_OS_POLICY_H
#define VMM_OS_POLICY_H

#include "base/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A memory policy; mode 0 is that of the process, whatever it is. */
struct vmm_os_policy {
	int mode;
	unsigned long nodes[VMM_NODES_WORDS];
	bool is_strict;	      /* no other node will do */
	unsigned int n_turns; /* nodes that take turns, page by page, or 0 */
	bool is_weighted;     /* some have more turns than others */
};

/* The policy of a place in memory. */
struct vmm_os_policy vmm_os_policy_of(const struct vmm_place *place);

/* Gives the policy to a mapping of private memory. */
int vmm_os_policy_apply(
	const struct vmm_os_policy *policy, void *addr, size_t size);

/*
 * The same, for the first time. -1 if the policy has no effect here; *why then
 * says so (it lies in a static buffer), or is NULL.
 */
int vmm_os_policy_try(const struct vmm_os_policy *policy, void *addr,
	size_t size, const char **why);

/*
 * How many bytes can be backed on the nodes of the policy, or in all of memory
 * if it has none, without the kernel ending a process. -1 if that is not known.
 */
int vmm_os_policy_room(const struct vmm_os_policy *policy, uint64_t *bytes);

/* Private memory of this process that is backed, in bytes; 0: not known. */
size_t vmm_os_private_resident(void);

#endif /* VMM_OS_POLICY_H */
