/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of functions, with files and lines if there is debug information. They
 * are from elfutils' libdw, which is loaded when it is first needed; without it
 * nothing has a name.
 */
#ifndef VMM_TRACE_SYMBOLS_H
#define VMM_TRACE_SYMBOLS_H

#include "cli/trace/stacks.h"

/*
 * Fills in the names of all locations. A file that has changed since it was
 * recorded gives none, with a complaint.
 */
void vmm_trace_symbols_find(struct vmm_trace_stacks *stacks);

/* A name for the location: a new string, for free(3). */
char *vmm_trace_symbols_describe(const struct vmm_trace_stacks *stacks,
	const struct vmm_trace_location *location);

#endif /* VMM_TRACE_SYMBOLS_H */
