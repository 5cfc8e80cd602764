/* SPDX-License-Identifier: BSD-3-Clause */
/* Who takes part in a comparison. */
#ifndef VMM_CONTENDERS_H
#define VMM_CONTENDERS_H

#include "cli/measure.h"

#define VMM_SYSTEM "system" /* the name for no preload at all */

/*
 * Those that list names, commas between; NULL: system and every backend that
 * loads, with a word on each that does not. Backends are probed first. An
 * array of *n, or NULL after a complaint or a signal. All of it lives as long
 * as the process.
 */
struct vmm_contender *vmm_contenders_choose(
	const struct vmm_settings *settings, const char *list, size_t *n);

#endif /* VMM_CONTENDERS_H */
