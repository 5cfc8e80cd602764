/* SPDX-License-Identifier: BSD-3-Clause */
/* A terminal that shows one text after another in the same place. */
#ifndef VMM_LIVE_SCREEN_H
#define VMM_LIVE_SCREEN_H

#include <stdbool.h>

/* Whether stdout is a terminal that can do this. */
bool vmm_screen_is_one(void);

/*
 * Begin: keys are read as they are pressed, and the cursor is hidden. End
 * restores what was before; it does nothing if it has not begun.
 */
void vmm_screen_begin(void);
void vmm_screen_end(void);

/* Its size in characters; 80 by 24 if it does not say. */
void vmm_screen_size(int *columns, int *lines);

/* Printed before a text, after each of its lines, and after all. */
#define VMM_SCREEN_HOME "\033[H"
#define VMM_SCREEN_REST_OF_LINE "\033[K"
#define VMM_SCREEN_REST "\033[J"

/*
 * Waits for a key, up to this many ms or until a signal comes. Returns it, or 0
 * if there was none.
 */
int vmm_screen_key(int ms);

#endif /* VMM_LIVE_SCREEN_H */
