/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The messages about misuse with which the debug build ends a process. No
 * allocation, no stdio.
 */
#ifndef NAT_DEBUG_REPORT_H
#define NAT_DEBUG_REPORT_H

#include "backends/native/debug_record.h"

#include <stddef.h>

void nat_report_init(const struct vmmalloc_host *host);

/*
 * The function that call names, for instance "free", got a pointer that is not
 * a live block.
 */
_Noreturn void nat_report_pointer(
	const char *call, const void *ptr, const struct nat_record *record);

/*
 * A byte of a block, or next to it, was overwritten: what is for instance "heap
 * overflow".
 */
_Noreturn void nat_report_write(
	const char *what, const void *ptr, size_t size, ptrdiff_t offset);

#endif /* NAT_DEBUG_REPORT_H */
