/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the output of a run is that of the reference run. */
#ifndef VMM_OUTCOME_H
#define VMM_OUTCOME_H

#include <stdbool.h>

/*
 * Finds the first difference of two files. Returns NULL if they are equal,
 * otherwise a text for free(3): "line 3 (byte 17): 'x' instead of 'y'".
 */
char *vmm_outcome_find_difference(int fd, int reference_fd);

/* Prints the last lines of a file to stderr, each after "  | ". */
void vmm_outcome_show_tail(int fd);

#endif /* VMM_OUTCOME_H */
