/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: the limit on the memory of the process's control group. No
 * function allocates. All are thread-safe and may be called in a forked child.
 */
#ifndef VMM_OS_CGROUP_H
#define VMM_OS_CGROUP_H

#include <stdint.h>

/*
 * The lowest limit on memory of the group and of those that it is part of, and
 * how much may still be used without the kernel ending a process, in bytes. -1
 * if there is no limit, or none can be read.
 */
int vmm_os_cgroup_limit(uint64_t *bytes);
int vmm_os_cgroup_room(uint64_t *bytes);

#endif /* VMM_OS_CGROUP_H */
