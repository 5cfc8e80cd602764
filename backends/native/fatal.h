/* SPDX-License-Identifier: BSD-3-Clause */
/* Ends a process whose heap is corrupted. */
#ifndef NAT_FATAL_H
#define NAT_FATAL_H

struct vmmalloc_host;

void nat_fatal_init(const struct vmmalloc_host *host);

/* One line, "WHAT 0xADDRESS"; the core adds the rest. No allocation. */
_Noreturn void nat_fatal(const char *what, const void *ptr);

#endif /* NAT_FATAL_H */
