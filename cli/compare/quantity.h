/* SPDX-License-Identifier: BSD-3-Clause */
/* The quantities that a comparison measures in each run. */
#ifndef VMM_QUANTITY_H
#define VMM_QUANTITY_H

#include "cli/compare/measure.h"

enum vmm_quantity_id {
	VMM_WALL,
	VMM_USER,
	VMM_SYS,
	VMM_PEAK,
	VMM_MINOR_FAULTS,
	VMM_MAJOR_FAULTS,
	VMM_POOL,
	VMM_INSTRUCTIONS,
	VMM_CACHE_MISSES,
	VMM_TLB_MISSES,
	VMM_N_QUANTITIES,
};

struct vmm_quantity {
	const char *title; /* with its unit, as in the table */
	const char *key;   /* the same for a program: "peak_bytes" */
	/* In the unit of key; negative: not known. */
	double (*get)(const struct vmm_sample *sample);
	double unit;   /* of the title, in units of key */
	bool is_whole; /* key counts something: no decimals */
};

extern const struct vmm_quantity vmm_quantities[VMM_N_QUANTITIES];

/*
 * The median of a contender's runs, in the unit of the key; of an even number,
 * the mean of the middle two. Negative: not known, or there is no run.
 */
double vmm_quantity_median(
	enum vmm_quantity_id id, const struct vmm_contender *contender);

/* Whether a run of any of the contenders knows it. */
bool vmm_quantity_is_known(enum vmm_quantity_id id,
	const struct vmm_contender *contenders, size_t n);

/* The value in the unit of the title, or "-"; for free(3). */
char *vmm_quantity_format(enum vmm_quantity_id id, double value);

#endif /* VMM_QUANTITY_H */
