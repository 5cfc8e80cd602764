/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a run did what the reference run did. */
#ifndef VMM_OUTCOME_H
#define VMM_OUTCOME_H

#include <stdbool.h>

/*
 * Finds where the two files differ. NULL where they are the same, else a text
 * for free(3): "line 3 (byte 17): 'x' instead of 'y'".
 */
char *vmm_outcome_find_difference(int fd, int reference_fd);

/* The last lines of a file, each after "  | ", on stderr. */
void vmm_outcome_show_tail(int fd);

#endif /* VMM_OUTCOME_H */
