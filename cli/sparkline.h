/* SPDX-License-Identifier: BSD-3-Clause */
/* A row of characters of different heights, as a small picture of a curve. */
#ifndef VMM_SPARKLINE_H
#define VMM_SPARKLINE_H

#include <stdbool.h>

/* Whether the user's locale has UTF-8; otherwise the characters are ASCII. */
bool vmm_sparkline_is_utf8(void);

/* The character for this part, from 0 to 1, of the greatest height. */
const char *vmm_sparkline_get(bool is_utf8, double part);

#endif /* VMM_SPARKLINE_H */
