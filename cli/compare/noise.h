/* SPDX-License-Identifier: BSD-3-Clause */
/* Signs that a machine is too busy, or too slow at times, for measurements. */
#ifndef VMM_NOISE_H
#define VMM_NOISE_H

#include "cli/compare/report.h"

#include <stdint.h>

/* Counters of the machine, in ticks of sysconf(_SC_CLK_TCK) if not said. */
struct vmm_noise {
	uint64_t total;	    /* of all processors */
	uint64_t busy;	    /* of these, not idle and not stolen */
	uint64_t steal;	    /* taken by the host for other machines */
	uint64_t throttles; /* times that a processor was too hot */
	double own; /* seconds of this process and those it waited for */
};

/* Sets the counters; those that the machine does not have are 0. */
void vmm_noise_read(struct vmm_noise *noise);

/* The first three of the counters, from the text of /proc/stat. */
void vmm_noise_parse(struct vmm_noise *noise, const char *text);

/*
 * Compares the counters before and after the runs. Returns sentences on what
 * disturbed them: the load of others, time stolen, throttling; for free(3), or
 * NULL if nothing did.
 */
char *vmm_noise_describe(
	const struct vmm_noise *before, const struct vmm_noise *after);

/* The same on contenders whose times are spread widely. */
char *vmm_noise_describe_spread(const struct vmm_report *report);

#endif /* VMM_NOISE_H */
