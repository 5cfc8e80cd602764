/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lines about misuse that the debug build ends a process with. No
 * allocation, no stdio.
 */
#ifndef NAT_DEBUG_REPORT_H
#define NAT_DEBUG_REPORT_H

#include "backends/native/debug_record.h"

#include <stddef.h>

void nat_report_init(const struct vmmalloc_host *host);

/* A call ("free") of a pointer that is no live block. */
_Noreturn void nat_report_pointer(
	const char *call, const void *ptr, const struct nat_record *record);

/* A byte of, or around, a block was written: what is "overflow" or the like. */
_Noreturn void nat_report_write(
	const char *what, const void *ptr, size_t size, ptrdiff_t offset);

#endif /* NAT_DEBUG_REPORT_H */
