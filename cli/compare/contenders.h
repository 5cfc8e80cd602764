/* SPDX-License-Identifier: BSD-3-Clause */
/* The contenders of a comparison: the system's allocator and backends. */
#ifndef VMM_CONTENDERS_H
#define VMM_CONTENDERS_H

#include "cli/plugins.h"
#include "cli/settings.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_sample;

#define VMM_SYSTEM "system" /* the contender without LD_PRELOAD */

/* An allocator that is compared: the system's or a backend. */
struct vmm_contender {
	const char *name;
	const struct vmm_plugin *plugin; /* NULL: system */
	struct vmm_sample *samples;	 /* without the warm-up */
	size_t n;
	bool has_failed; /* its output or status was not the reference's */
};

/*
 * Returns an array of *n contenders: those in list, separated by commas; or, if
 * list is NULL, the system's allocator and every backend that loads, with a
 * message about each backend that does not. Backends are probed first. Returns
 * NULL after a complaint or a signal. The contenders live as long as the
 * process.
 */
struct vmm_contender *vmm_contenders_choose(
	const struct vmm_settings *settings, const char *list, size_t *n);

#endif /* VMM_CONTENDERS_H */
