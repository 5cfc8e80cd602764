/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: what the kernel does with a file on a disk. No allocation here.
 * Thread-safe, also in a forked child.
 */
#ifndef VMM_OS_DISK_H
#define VMM_OS_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* Whether mappings of the file are the device's own memory (DAX). */
bool vmm_os_is_dax(int fd);

/*
 * The largest unit, in bytes, in which the kernel may keep the contents of the
 * file in its cache (a folio); a power of two. If one page of such a unit is
 * written, the file system backs all of it: a disk that is full cannot, and the
 * process gets SIGBUS. So what is backed and what is returned must be whole
 * units.
 */
size_t vmm_os_disk_unit(int fd);

#endif /* VMM_OS_DISK_H */
