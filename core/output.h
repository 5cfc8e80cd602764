/* SPDX-License-Identifier: BSD-3-Clause */
/* Reports whose file a variable names. No allocation here. */
#ifndef VMM_OUTPUT_H
#define VMM_OUTPUT_H

#include <stddef.h>

/*
 * Stores the file's name in name: the pattern, with %p replaced by the process
 * ID. Cuts what does not fit.
 */
void vmm_output_name(char *name, size_t size, const char *pattern);

/*
 * Opens the file for writing, as vmm_os_output_open does. A FIFO that nobody
 * reads does not keep the process from ending. Returns the descriptor, or -1
 * after a line in the log, which names the variable.
 */
int vmm_output_open(char *name, const char *variable);

#endif /* VMM_OUTPUT_H */
