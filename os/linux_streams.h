/* SPDX-License-Identifier: BSD-3-Clause */
/* What os/linux_process.c knows of os/linux_streams.c; see process.h. */
#ifndef VMM_LINUX_STREAMS_H
#define VMM_LINUX_STREAMS_H

/* Looks up what hiding streams needs; libc is the handle of glibc. */
void vmm_os_streams_init(void *libc);

#endif /* VMM_LINUX_STREAMS_H */
